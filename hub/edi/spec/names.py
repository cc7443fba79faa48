"""Short names of segments and elements for people, in our own words; `hub edi explain` and the reference use them.

An element's name is that of its number, unless its place says more (``BIG01`` is the invoice's date, where 373 is
just a date).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from hub.edi.spec.elements import OPEN

_SEGMENTS = """
    ACK line acknowledgement; ACT account; ADV advertising; AK1 group answered; AK2 set answered; AK3 segment at
    fault; AK4 element at fault; AK5 verdict on the set; AK9 verdict on the group; AMT amount; AT funds and
    accounting; BAA book allowance; BAK purchase order acknowledgement heading; BAL balance; BCA purchase order
    change acknowledgement heading; BCH purchase order change heading; BCT price catalogue heading; BEG purchase
    order heading; BIA stock report heading; BIG invoice heading; BLR carrier identity; BSN ship notice heading;
    CA1 payment card; CAD carrier; CID characteristic class; CLD load detail; CRC conditions; CSH sales
    conditions; CTB restrictions; CTP price; CTT totals; CUR currency; DED deductions; DEX deposit; DIM
    dimensions; DIS discount; DTM date or time; ED equipment; EFI electronic format; FA1 accounting heading; FA2
    accounting data; FBA billing address; FOB transport terms; FOR formula; G05 total shipped; G22 prices; G23
    terms of sale; G33 total of the invoice; G35 payment; G39 item of a vendor; G43 promotion area; G53
    maintenance type; G55 item characteristics; G61 contact; G62 date or time; G69 line description; G70
    quantities of a line; G72 allowance or charge; GE group end; GS group start; H1 dangerous goods; HL
    hierarchical level; IC intermodal chassis; IEA interchange end; IN1 person; IN2 person's name part; INC
    instalments; ISA interchange start; ISS totals shipped; IT1 invoice line; IT3 invoice line conditions; IT8
    sales conditions of a line; ITA allowance or charge; ITD terms of payment; L7 tariff reference; LDT lead
    time; LE loop end; LIN item; LM code source; LN loan; LOC place; LQ industry code; LS loop start; LX line
    number; MAN marks and numbers; MEA measurement; MIT message heading; MSG message; MTX text; N1 party; N10
    quantity and description; N2 party's further name; N3 street; N4 city and country; N9 reference with text;
    NTE note; NX2 address part; OTI original set; PAL pallet; PAM amount by period; PCS price change; PCT
    percent; PD promotion; PER contact; PID description; PKG packaging and labels; PLA place; PLD pallet load;
    PO1 order line; PO3 more of the line; PO4 packaging of the item; POC line change; PPA price protection; PPD
    promotion price; PRD promotion detail; PRF order reference; PRR promotion reference; PRS part status; PRT
    part; PSA partner share; PWK paperwork; PYD payroll deduction; QTA quantity; QTY quantity; R4 port or
    terminal; REF reference; REP repair; RPA amount and rate; RUM remittance unit; SAC allowance or charge; SCH
    schedule; SDQ quantities by site; SE set end; SI service; SLN subline; SN1 quantity shipped; SPI
    specification; SPR special price; SR sales conditions requested; SSC substitution; SSS special services; ST
    set start; STA statistics; SUM summary; TA1 interchange acknowledgement; TAX tax reference; TC2 commodity;
    TD1 packages and weight; TD2 packages by quantity; TD3 equipment; TD4 special handling; TD5 carrier and
    routing; TDS invoice total; TSD trailer; TXI tax; TXP tax payment; UIT unit of an item; USD usage; V1
    vessel; V9 event; VAR variance; VRC variance reason; W01 line to ship; W03 shipment totals; W04 line to be
    received; W05 shipping order heading; W06 shipment advice heading; W07 line received; W08 receiving carrier;
    W09 temperature; W10 warehouse additional carrier; W12 line shipped; W13 condition of what was received; W14
    totals received; W17 receipt advice heading; W2 equipment id; W20 packaging and weight; W27 carrier of the
    shipment; W28 consolidation; W6 special handling; W66 carrier wanted; W76 total order; YNQ yes or no
"""
_ELEMENTS = """
    2 sets accepted; 19 city; 20 seal status; 22 commodity code; 23 commodity code list; 26 country; 28 group
    control number; 40 kind of equipment; 54 bearer of the risk; 61 message; 65 height; 66 id code list; 67 id;
    76 invoice number; 79 lading description; 80 packages; 81 weight; 82 length; 87 mark or number; 88 kind of
    mark; 90 unit of measure; 91 mode of transport; 92 kind of order; 93 name; 96 segments in the set; 97 sets
    in the group; 98 role; 100 currency; 102 ownership; 103 packaging; 108 pricing; 116 postal code; 118 rate;
    123 sets received; 124 communication; 127 reference; 128 kind of reference; 133 routing sequence; 140
    carrier code; 142 application sender; 143 transaction set; 145 shipment number; 146 who pays transport; 152
    special handling; 154 destination place; 156 state or province; 166 street; 176 kind of time; 183 volume;
    184 volume unit; 187 kind of weight; 188 weight unit; 189 width; 205 quantity; 206 equipment initials; 207
    equipment number; 208 dangerous goods code list; 209 dangerous goods class; 212 unit price; 215 commitment;
    225 seal number; 231 delivery; 234 product id; 235 kind of product id; 236 kind of price; 248 allowance or
    charge; 280 exchange rate; 284 service level; 285 depositor's order number; 286 warehouse line number; 289
    price multiple; 306 action; 309 kind of place; 310 place; 324 purchase order number; 325 tax number; 326
    request number; 327 change sequence; 328 release number; 329 set control number; 330 quantity ordered; 331
    how it is handled; 332 percent; 333 what terms count from; 334 list of transport terms; 335 transport terms;
    336 kind of terms; 337 time; 338 discount percent; 344 unit of time; 345 lead time; 347 hash total; 349 form
    of description; 350 line number; 351 discount days; 352 description; 353 purpose; 354 number of lines; 355
    unit; 356 packs inside; 357 size; 358 quantity invoiced; 362 discount amount; 363 note reference; 364 number
    or address; 365 kind of contact; 366 contact's function; 367 contract number; 368 shipment or order status;
    369 text; 370 discount until; 371 change reason; 373 date; 374 kind of date; 380 quantity; 382 units
    shipped; 383 quantity difference; 384 gross weight; 385 gross volume; 386 net days; 387 routing; 388
    deferred until; 389 deferred amount; 394 warehouse receipt number; 395 unit weight; 396 shipment id; 397
    colour; 399 pallet blocks and tiers; 400 unit load option; 406 quantity; 407 seal status; 411 shipment
    exception; 412 condition; 413 quantity received; 432 kind of date; 438 case code; 439 unit price; 441 tax
    exemption; 443 contact reference; 446 net until; 447 loop; 450 allowance code; 451 lot number; 457
    acknowledgement kind; 460 shipping order status; 461 order control; 472 link sequence; 473 order status; 478
    credit or debit; 479 kind of group; 480 release; 499 condition value; 514 reporting code; 522 kind of
    amount; 531 agent's shipment number; 533 exception reason; 534 exception amount; 540 delivery; 542 free-form
    text; 549 freight class; 554 line number; 559 code list agency; 567 equipment length; 571 tare code list;
    587 acknowledgement; 610 amount; 614 line item quantity; 622 discrepancy; 623 time zone; 628 level number;
    639 basis of price; 640 kind of transaction; 641 reason; 642 quantity left; 646 shipped to date; 647
    receiving advice; 648 kind of multiplier; 649 multiplier; 661 price list; 662 relationship; 663
    characteristic; 668 line status; 669 currency exchange; 670 kind of change; 671 quantity left to receive;
    673 kind of quantity; 675 schedule status; 683 catalogue purpose; 684 catalogue number; 685 catalogue
    version; 686 catalogue revision; 687 class of trade; 688 restriction; 706 relation to the party; 715 group
    verdict; 716 group error; 717 set verdict; 718 set error; 719 segment's position; 720 segment error; 721
    segment; 722 element's position; 723 element error; 724 value at fault; 725 data element; 728 load make-up;
    731 transit direction; 732 transit time unit; 733 transit time; 734 parent level; 735 level; 736 has
    children; 737 measurement reference; 738 measurement; 739 measurement value; 740 range from; 741 range to;
    743 dates of the feed; 750 product characteristic; 751 product description; 752 surface or layer; 753
    packaging characteristic; 754 packaging; 755 report; 756 report sent by; 757 report copies; 765 day of
    month; 770 option; 782 amount; 786 security level; 799 catalogue version; 819 language; 820 source; 822
    source subset; 828 amount the tax is on; 933 message; 934 text form; 935 measurement significance; 936
    measurement attribute; 954 percent; 955 tax place list; 956 tax place; 963 kind of tax; 1000 service; 1004
    text position; 1005 shape of the hierarchy; 1019 kind of invoice; 1166 kind of contract; 1232 invoice
    purpose; 1250 date format; 1251 date; 1270 code list; 1271 industry code; 1300 charge; 1301 agency's charge;
    1373 measurement method; 1514 delay reason; 1525 request category
"""
_PLACES = """
    ISA01 authorisation qualifier; ISA02 authorisation; ISA03 security qualifier; ISA04 security; ISA05 sender
    id list; ISA06 sender; ISA07 receiver id list; ISA08 receiver; ISA09 date; ISA10 time; ISA11 standard or
    repetition separator; ISA12 version; ISA13 interchange control number; ISA14 acknowledgement wanted; ISA15
    test or production; ISA16 component separator; IEA01 groups in the interchange; IEA02 interchange control
    number; GS01 kind of group; GS02 sender; GS03 receiver; GS04 date; GS05 time; GS06 group control number;
    GS07 standards body; GS08 release; GE01 sets in the group; GE02 group control number; TA101 interchange
    answered; TA102 its date; TA103 its time; TA104 verdict; TA105 note; ST03 implementation guide; BEG05 order
    date; BEG08 kind of invoice; BAK02 acknowledgement of the order; BAK04 order date; BAK08 supplier's order
    number; BAK09 acknowledgement date; BCA02 acknowledgement of the change; BCA06 order date; BCH02 kind of
    order; BCH06 order date; BCH11 change date; BSN03 date of the notice; BSN04 time of the notice; BIA03 report
    number; BIA04 report date; BIA05 report time; BIG01 invoice date; BIG02 invoice number; BIG03 order date;
    BIG07 kind of invoice; BIG10 consolidated invoice number; CUR01 whose currency; N101 role of the party; N102
    name; N103 id list; N104 party's id; N201 further name; N202 further name; N403 postal code; PER02 contact's
    name; REF02 reference; REF03 description; N901 kind of reference; N902 reference; N903 text; PRF04 order
    date; ACK01 line status; ACK02 quantity; ACK04 kind of date; ACK05 date; SCH01 quantity; SCH02 unit; SDQ01
    unit; SDQ02 site id list; SN103 unit; SN105 quantity ordered; SN108 line status; LIN01 line number; QTY02
    quantity; CTT01 number of lines; CTT02 sum of quantities; PO401 inner packs; PO402 size of an inner pack;
    TD102 packages; TD107 weight; TD108 weight unit; TD110 volume unit; TD502 carrier id list; TD503 carrier;
    TD504 mode of transport; TD505 routing or carrier's name; HL01 level number; HL02 parent level; HL03 level;
    HL04 has children; TDS01 total; TDS02 total subject to discount; TDS03 discounted total; TDS04 discount;
    SAC05 amount; SAC06 basis of the percent; SAC07 percent; SAC08 rate; SAC15 description; AK101 kind of group;
    AK102 group control number; AK201 transaction set; AK202 set control number; AK301 segment; AK401 element;
    AK402 data element; AK403 error; AK404 value at fault; AK901 verdict; AK902 sets sent; AK903 sets received;
    AK904 sets accepted; W0501 order status; W0502 depositor's order number; W0503 purchase order number; W0601
    reporting code; W0602 depositor's order number; W0603 shipping date; W0604 shipment number; W1201 line
    status; W1202 quantity ordered; W1203 units shipped; W1204 difference; W0101 quantity ordered; W0401 units
    shipped; W0701 quantity received; W0702 unit; W1701 reporting code; W1702 date; W1703 warehouse receipt
    number; W1704 depositor's order number; W1705 shipment number; W0301 units shipped; W0302 weight; W1401
    quantity received; LX01 line number; G6202 date; G6204 time; G6901 description; QTY03 unit; QTY03-1 unit;
    QTY03-2 exponent; QTY03-3 multiplier; CTP05 unit; CTP05-1 unit; CTP05-2 exponent; CTP05-3 multiplier; POC05
    unit; POC05-1 unit; POC05-2 exponent; POC05-3 multiplier; SLN05 unit; SLN05-1 unit; SLN05-2 exponent;
    SLN05-3 multiplier; MEA04 unit; MEA04-1 unit; MEA04-2 exponent; MEA04-3 multiplier; AK401-1 element; AK401-2
    component; AK401-3 repetition; W2001 packs inside; W2002 size; W2003 unit; W2004 weight; W2005 kind of
    weight; W2006 weight unit; W2008 volume; W2009 volume unit; W2705 kind of equipment; W2706 equipment
    initials; W2707 equipment number; W2708 shipment or order status; BCT09 description; BCT10 action; TXI05 tax
    place; TXI06 tax exemption; TXI09 tax number; W1402 quantity shipped; W1403 damaged or on hold; W1404
    packages received; W1405 packages; W1209 lot; W1210 weight; W1211 kind of weight; W1212 weight unit; W1217
    kind of product id; W1218 product id; TD309 seal number; PO410 length; PO411 width; PO412 height; PO413 unit
    of the measures; PO414 in an inner pack; W0504 link sequence; W0505 master reference; W0112 warehouse
    detail; W0113 lot; W0115 kind of product id; W0116 product id; W0117 kind of product id; W0118 product id;
    MTX01 note reference; MTX02 text; W0708 lot; W0710 kind of product id; W0711 product id; W1304 lot; W1305
    reason; W6605 routing; W6610 carrier code; W0605 agent's shipment number; W0606 purchase order number
"""


@cache
def _table(listing: str) -> Mapping[str, str]:
    entries = (" ".join(entry.split()).partition(" ") for entry in listing.split(";"))
    return MappingProxyType({key: name for key, _, name in entries})


def segment_name(segment_id: str) -> str:
    """A segment in a few words, empty for one the hub has no name for."""
    return _table(_SEGMENTS).get(segment_id, "")


def element_name(number: str) -> str:
    """A data element by its number, empty for one the hub has no name for (``open`` has none)."""
    return _table(_ELEMENTS).get(number, "")


def place_name(segment_id: str, position: int, number: str = OPEN, component: int | None = None) -> str:
    """The element at a segment's ``position`` (1 is the first), or its ``component``; may be empty.

    ``number`` is its data element.
    """
    place = f"{segment_id}{position:02}" if component is None else f"{segment_id}{position:02}-{component}"
    return _table(_PLACES).get(place) or element_name(number)
