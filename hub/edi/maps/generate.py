"""The spec as pyx12 wants it: a directory with the data elements, code sets and one map per set.

pyx12 takes no file of its own beside ours, so the directory holds everything it opens (edi.md 2.2).
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from hub.edi.spec.elements import element_types
from hub.edi.spec.segments import SegmentSpec, segment_specs
from hub.edi.spec.sets import Loop, SegmentUse, SetSpec, Stage, members, set_specs

_UNBOUNDED = ">1"
_STEP = 10


def map_name(set_id: str) -> str:
    return f"{set_id}.xml"


def write_map_directory(directory: Path, release: str, set_id: str) -> None:
    """Write every file pyx12 opens for one set of one release (``004010``, ``005010``) into ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "dataele.xml").write_bytes(_serialised(_data_elements(release)))
    (directory / "codes.xml").write_bytes(_serialised(Element("codesets")))
    (directory / map_name(set_id)).write_bytes(_serialised(_set_map(set_specs()[set_id])))


def _serialised(root: Element) -> bytes:
    serialised: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return serialised


def _data_elements(release: str) -> Element:
    root = Element("data_elements")
    for number, kind in element_types(release).items():
        SubElement(
            root,
            "data_ele",
            ele_num=number,
            data_type=kind.kind,
            min_len=str(kind.shortest),
            max_len=str(kind.longest),
            name=number,
        )
    return root


def _set_map(spec: SetSpec) -> Element:
    root = Element("transaction", xid=spec.id, name=spec.id)
    body = SubElement(root, "loop", _loop_attributes("ST_LOOP", 10, mandatory=True), type="explicit")
    positions = count(_STEP, _STEP)
    _segment(body, SegmentUse("ST", mandatory=True, once=True), next(positions))
    for stage in spec.stages:
        _stage(body, stage, next(positions))
    _segment(body, SegmentUse("SE", mandatory=True, once=True), next(positions))
    return root


def _stage(parent: Element, stage: Stage, position: int) -> None:
    for member in members(stage):
        if isinstance(member, Loop):
            _loop(parent, member, position)
        else:
            _segment(parent, member, position)


def _loop(parent: Element, loop: Loop, position: int) -> None:
    node = SubElement(parent, "loop", _loop_attributes(loop.name, position, mandatory=loop.mandatory))
    positions = count(_STEP, _STEP)
    _segment(node, SegmentUse(loop.head, mandatory=True, once=True), next(positions), level=loop.level)
    for stage in loop.stages:
        _stage(node, stage, next(positions))


def _loop_attributes(name: str, position: int, *, mandatory: bool) -> dict[str, str]:
    usage = "R" if mandatory else "S"
    return {"xid": name, "pos": str(position), "usage": usage, "repeat": _UNBOUNDED, "name": name}


def _segment(parent: Element, use: SegmentUse, position: int, *, level: str = "") -> None:
    spec = segment_specs()[use.id]
    node = SubElement(
        parent,
        "segment",
        xid=use.id,
        pos=str(position),
        usage="R" if use.mandatory else "S",
        max_use="1" if use.once else _UNBOUNDED,
        name=use.id,
    )
    for relation in spec.relations:
        SubElement(node, "syntax").text = relation
    _elements(node, spec, level)


def _elements(node: Element, spec: SegmentSpec, level: str) -> None:
    for number, position in enumerate(spec.positions, 1):
        name = f"{spec.id}{number:02}"
        usage = "R" if position.mandatory else "S"
        if position.parts:
            composite = SubElement(node, "composite", xid=name, seq=f"{number:02}", usage=usage, name=name)
            for part, element in enumerate(position.parts, 1):
                _element(composite, f"{name}-{part}", part, element, "S")
            continue
        element_node = _element(node, name, number, position.element, usage)
        if level and name == "HL03":
            SubElement(SubElement(element_node, "valid_codes"), "code").text = level


def _element(parent: Element, name: str, number: int, element: str, usage: str) -> Element:
    return SubElement(parent, "element", xid=name, data_ele=element, seq=f"{number:02}", usage=usage, name=name)
