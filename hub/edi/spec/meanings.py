"""What codes mean, in our own words: those that suppliers, shops and warehouses use (edi.md 6).

Lists are open: a code that is not here has no meaning that the hub is sure of, and is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

_BY_ELEMENT = {
    "66": """1 DUNS; 2 SCAC; 9 DUNS with four more; 12 telephone; 54 warehouse; 91 the seller's code; 92 the buyer's
        code; 93 the sender's own code; 94 the receiver's code; FI tax number; UL GLN; ZZ as agreed""",
    "88": """AA SSCC; CA shipper's case number; CP carrier's package number; GM SSCC with application identifier;
        MC master carton; SM shipper's mark; UC shipping container code; W pallet number; ZZ as agreed""",
    "91": """A air; AE air express; C consolidation; D parcel post; E expedited truck; H customer collects; J motor;
        L contract carrier; LT less than a truckload; M road; O ocean container; P private carrier; R rail; S ocean;
        SR supplier's truck; T best way; U parcel service; VE vessel; X intermodal; ZZ as agreed""",
    "92": """BK blanket order; CA cash order; CF confirmation; CN consignment; CP change to an order; DS drop ship;
        KN purchase order; NE new order; OS special order; RE reorder; RL release of a blanket order; RO rush order;
        SA stand-alone order; SP sample order; SS supply or service order; ST standing order""",
    "98": """31 postal address; BS bill and ship to; BT bill to; BY buyer; CA carrier; CN consignee; DA delivery
        address; DE depositor; DS distributor; EN end user; FR from; II issuer of the invoice; LW customer; MA mark
        for; MF manufacturer; OB ordered by; PE payee; PR payer; PW pick up from; RE remit to; RI remit to; SE seller;
        SF ship from; SH shipper; SO sold to; ST ship to; SU supplier; TO to; VN vendor; WH warehouse; Z7 mark for""",
    "128": """06 system; 11 account; 19 division; 2I tracking number; AA accounts receivable; AO appointment; BM bill
        of lading; CN carrier's reference; CO customer's order; CR customer's reference; CT contract; DO delivery
        order; DP department; EQ equipment; FR freight bill; IA vendor number; IT customer number; IV invoice; KK
        delivery reference; LI line; LO load plan; LT lot; MB master bill of lading; MR merchandise type; OI original
        invoice; PD promotion; PK packing list; PO purchase order; PR price quote; QY service; RZ returned goods
        authorisation; SCA SCAC; SE serial number; SI shipper's number; SN seal; ST store; TN transaction; VN vendor's
        order; VR vendor id; WS warehouse storage place; ZZ as agreed""",
    "133": "1 first carrier after the origin; 2 second carrier after the origin; B any carrier; O origin carrier",
    "143": """753 routing request; 754 routing instructions; 810 invoice; 812 credit or debit adjustment; 816
        organisations; 820 remittance; 832 price catalogue; 846 stock report; 850 purchase order; 852 product
        activity; 855 purchase order acknowledgement; 856 ship notice; 860 purchase order change; 864 text; 865
        purchase order change acknowledgement; 869 order status inquiry; 870 order status; 875 grocery purchase
        order; 880 grocery invoice; 940 warehouse shipping order; 943 stock transfer shipment; 944 stock transfer
        receipt; 945 warehouse shipping advice; 997 functional acknowledgement; 999 implementation acknowledgement""",
    "146": """BP paid by the buyer; CC collect; CF collect, freight credited; DE per contract; DF agreed by buyer and
        seller; MX mixed; NC no charge; PB customer collects; PC prepaid, charged on; PO prepaid only; PP prepaid by the
        seller; PS paid by the seller; PU customer collects; TP third party""",
    "187": "B billed; E estimated; G gross; N net",
    "235": """B8 batch; BO buyer's colour; BP buyer's part number; CB buyer's catalogue number; CG commodity group; CH
        country of origin; EC engineering change; EN GTIN-13 (EAN); EO GTIN-8; HD customs tariff; IB ISBN; IN buyer's
        item number; IZ buyer's size; LT lot; MF manufacturer; MG manufacturer's part number; MN model; ND drug code;
        ON customer's order; PI purchaser's item; PL purchaser's order line; SK stock keeping unit; SN serial number;
        SZ vendor's size; UA case code; UI consumer package code; UK GTIN-14; UP GTIN-12 (UPC); VA vendor's style; VC
        vendor's catalogue number; VN vendor's item number; VP vendor's part number; VS vendor's further number; ZZ as
        agreed""",
    "236": """ACT actual price; CAT catalogue price; CON contract price; CUP confirmed unit price; DIS distributor's
        price; DPR dealer's price; ICL unit price by quantity; INV invoice price; LPR list price; MAP minimum advertised
        price; MSR suggested retail price; NET net price; PRO promotional price; QTE quoted price; RES resale price;
        RTL retail price; STA standard price; UCP unit cost; WHL wholesale price""",
    "248": "A allowance; C charge; N neither; P promotion; R allowance asked for; S service; W warranty",
    "309": "AC city and state; DE destination; OR origin; PE port of entry; WH warehouse",
    "331": """01 bill back; 02 off invoice; 03 vendor's check; 04 credit to the account; 05 paid by the vendor;
        06 paid by the customer; 07 optional; 15 information only""",
    "333": """1 shipping date; 2 delivery date; 3 invoice date; 4 date given; 5 receipt of the invoice; 7 effective
        date; 8 sending of the invoice; 15 receipt of the goods""",
    "336": """01 basic; 02 end of month; 03 fixed date; 05 no discount; 08 basic discount; 09 proximo; 10 instant;
        12 ten days after the month; 14 as agreed before; ZZ as agreed""",
    "349": "F free text; S coded; X coded and text",
    "353": """00 original; 01 cancellation; 02 addition; 03 deletion; 04 change; 05 replacement; 06 confirmation; 07
        duplicate; 12 not processed; 14 advance notice; 15 sent again; 18 reissue; 22 information copy; 27 verification;
        28 query; 44 rejection; SU status update""",
    "355": """AS assortment; BG bag; BO bottle; BX box; CA case; CF cubic foot; CI cubic inch; CM centimetre; CN can;
        CS case; CT carton; DZ dozen; EA each; FT foot; GA gallon; GR gram; HU hundred; IN inch; IP inner pack; KG
        kilogram; KT kit; LB pound; LO lot; LT litre; MR metre; OZ ounce; PA pail; PC piece; PK pack; PL pallet; PR
        pair; RL roll; SH sheet; ST set; TH thousand; UN unit; YD yard; ZZ as agreed""",
    "365": """CP mobile telephone; EM e-mail; EX extension; FX fax; TE telephone; UR web address; WP telephone at
        work""",
    "366": """AP accounts payable; AR accounts receivable; BD buyer; CE certifier; CN general; CR customer relations;
        DC delivery; EX expediter; IC information; OC order; RE receiving; SH shipper; SR sales; SU supplier""",
    "368": """BK back-ordered; BP partial, the rest follows; CC complete; CL complete; CP partial; PR partial; SS split
        shipment""",
    "374": """001 cancel after; 002 delivery requested; 003 invoice; 004 purchase order; 006 sold; 007 effective; 009
        processed; 010 shipping requested; 011 shipped; 012 discount until; 013 net until; 015 promotion starts; 017
        estimated delivery; 018 available; 035 delivered; 036 expires; 037 ship not before; 038 ship not later; 043
        published; 050 received; 055 confirmed; 061 cancel if not delivered by; 063 do not deliver after; 064 do not
        deliver before; 067 scheduled for delivery; 068 scheduled for shipping; 069 promised for delivery; 070
        scheduled for delivery from; 079 promised for shipping; 090 report from; 091 report until; 097 created; 118
        pick-up requested; 140 actual; 169 product available; 196 starts; 197 ends; 291 planned; 318 added; 328
        changed; 371 estimated arrival; 372 arrived; 405 production; 514 transferred""",
    "412": "01 damaged; 02 short; 03 over; 07 on hold",
    "432": """01 cancel after; 02 delivery requested; 04 purchase order; 07 effective; 10 shipping requested; 11
        shipped; 17 estimated delivery; 37 ship not before; 38 ship not later; 53 deliver not before; 54 deliver not
        later""",
    "473": "F cancellation; N original",
    "479": """AR stock transfer shipment; CA purchase order change acknowledgement; FA functional acknowledgement; GP
        grocery invoice; IB stock report; IN invoice; OG grocery purchase order; OW warehouse shipping order; PC
        purchase order change; PD product activity; PO purchase order; PR purchase order acknowledgement; RA
        remittance; RE stock transfer receipt; RS order status; SC price catalogue; SH ship notice; SW warehouse
        shipping advice; TX text""",
    "514": "F full detail",
    "522": "1 line total; 5 total of the invoice; BD balance due; TT total of the transaction",
    "559": "AX X12; UC Uniform Code Council; VI VICS; ZZ as agreed",
    "587": """AC accepted with detail and changes; AD accepted with detail, no change; AE accepted, exceptions only; AK
        accepted without detail; AP accepted; AT accepted; NA none wanted; RD rejected with detail; RF rejected; RJ
        rejected without detail; ZZ as agreed""",
    "623": """CD Central daylight; CS Central standard; CT Central; ED Eastern daylight; ES Eastern standard; ET
        Eastern; GM Greenwich; LT local; MD Mountain daylight; MS Mountain standard; MT Mountain; PD Pacific daylight;
        PS Pacific standard; PT Pacific; UT universal""",
    "639": """CA catalogue price; CT contract price; DR dealer's price; FX fixed price; HP per hundred; LE catalogue
        price per each; NC no charge; NT net; PE per each; PP per pound; QT quoted; RE retail price per each; SR
        suggested retail price; TE contract price per each; TP per thousand; UM per unit; WE wholesale price per each;
        WH wholesale price""",
    "640": """CI consolidated invoice; CN credit invoice; CR credit note; DI debit invoice; DR debit note; PP prepaid
        invoice; PR product or service""",
    "668": """AC accepted and shipped; AR accepted and released; BP partly shipped, the rest on backorder; DR accepted,
        date changed; IA accepted; IB on backorder; IC accepted, changed; ID deleted; IE accepted, price pending; IF on
        hold, description incomplete; IH on hold; IP accepted, price changed; IQ accepted, quantity changed; IR
        rejected; IS substituted; IW on hold; R1 rejected, not in the contract; R2 rejected, item number invalid; R3
        rejected, unit invalid; R4 rejected, contract item not available; SP accepted, date pending""",
    "670": """AI line added; CA line changed; CT dates changed; DI line deleted; MU several changes; NC no change; PC
        price changed; PQ price and quantity changed; QD quantity lowered; QI quantity raised; RB all dates replaced;
        RE item replaced; RQ rescheduled, quantity changed; RS rescheduled; RZ all values replaced""",
    "673": """01 discrete; 02 cumulative; 17 on hand; 20 not usable; 27 committed; 29 projected; 33 available for sale;
        34 ending balance; 37 work in progress; 38 original; 39 shipped; 63 on order; 87 into the hub; QA approved; QB
        out of the hub; QH on hold; QS sold""",
    "683": "PC price catalogue; PS price sheet; RC resale catalogue",
    "715": """A accepted; E accepted, errors noted; M rejected, authentication failed; P partly accepted; R rejected; W
        rejected, assurance failed; X rejected, not decrypted""",
    "716": """1 kind of group not supported; 2 release not supported; 3 trailer missing; 4 control numbers of header and
        trailer differ; 5 number of sets differs; 6 control number invalid; 19 control number not unique""",
    "717": """A accepted; E accepted, errors noted; M rejected, authentication failed; R rejected; W rejected, assurance
        failed; X rejected, not decrypted""",
    "718": """1 set not supported; 2 trailer missing; 3 control numbers of header and trailer differ; 4 number of
        segments differs; 5 segments in error; 6 set id missing or invalid; 7 control number missing or invalid; 23
        control number not unique in the group""",
    "720": """1 segment unknown; 2 segment not expected here; 3 mandatory segment missing; 4 loop occurs too often; 5
        segment occurs too often; 6 segment not in this set; 7 segment out of order; 8 segment has faulty elements""",
    "723": """1 mandatory element missing; 2 element missing that another one needs; 3 too many elements; 4 too short; 5
        too long; 6 invalid character; 7 invalid code; 8 invalid date; 9 invalid time; 10 not allowed beside another
        element; 12 too many repetitions; 13 too many components""",
    "735": "E equipment; F component; I item; K kit; O order; P pack; S shipment; T tare (pallet)",
    "736": "0 no; 1 yes",
    "755": "DD distributor's stock; SI seller's stock",
    "963": """CP county sales tax; CS city sales tax; CT county tax; FD federal tax; GS goods and services tax; LS state
        and local sales tax; SP state or provincial tax; ST state sales tax; SU sales and use tax; TX all taxes; VA
        value added tax""",
    "1005": """0001 shipment, order, packaging, item; 0002 shipment, order, item, packaging; 0003 shipment, packaging,
        order, item; 0004 shipment, order, item""",
    "1300": """A260 advertising; B950 damaged goods; C310 discount; D170 free goods; D240 freight; D500 handling; D980
        insurance; F050 other; F800 promotion; F910 quantity discount; G740 service; G821 shipping; G830 shipping and
        handling; H000 special allowance; H850 tax; I170 trade discount; I530 volume discount""",
}
_BY_PLACE = {
    "ISA01": "00 none",
    "ISA03": "00 none",
    "ISA05": """01 DUNS; 08 UCC communications id; 12 telephone; 14 DUNS with suffix; 16 DUNS with four more; 30 tax
        number; ZZ as agreed""",
    "ISA11": "U no repetition separator",
    "ISA14": "0 no; 1 yes",
    "ISA15": "I information; P production; T test",
    "GS07": "X X12; T TDCC",
    "TA104": "A accepted; E accepted, errors noted; R rejected",
    "TA105": """000 no error; 001 control numbers of header and trailer differ; 002 standard not supported; 003 version
        not supported; 004 segment terminator invalid; 005 sender's id list invalid; 006 sender invalid; 007 receiver's
        id list invalid; 008 receiver invalid; 009 receiver unknown; 010 authorisation qualifier invalid; 011
        authorisation invalid; 012 security qualifier invalid; 013 security invalid; 014 date invalid; 015 time
        invalid; 016 standards id invalid; 017 version invalid; 018 control number invalid; 019 acknowledgement wanted
        invalid; 020 test or production invalid; 021 number of groups invalid; 022 envelope invalid; 023 file ends too
        early; 024 content invalid; 025 control number used before; 026 element separator invalid; 027 component
        separator invalid; 028 date of a deferred delivery invalid; 029 time of a deferred delivery invalid; 030 time
        code of a deferred delivery invalid; 031 grade of service invalid""",
}
_SAME = MappingProxyType(
    {"ISA07": "ISA05", "GS01": "479"} | dict.fromkeys(("QTY03", "CTP05", "POC05", "SLN05", "MEA04"), "355")
)


def known_elements() -> frozenset[str]:
    """Data elements whose codes have meanings here."""
    return frozenset(_BY_ELEMENT)


@cache
def codes_of(key: str) -> Mapping[str, str]:
    """Codes and meanings of a data element (``673``), or of a place (``TA105``) whose codes are its own."""
    listing = _BY_PLACE.get(key) or _BY_ELEMENT.get(key, "")
    entries = (" ".join(entry.split()).partition(" ") for entry in listing.split(";"))
    return MappingProxyType({code: meaning for code, _, meaning in entries if code})


def code_meaning(segment_id: str, position: int, number: str, code: str) -> str:
    """What ``code`` says at a segment's ``position``, ``number`` being its data element; empty where unknown."""
    place = f"{segment_id}{position:02}"
    found = (codes_of(key).get(code, "") for key in (place, _SAME.get(place, ""), number) if key)
    return next((meaning for meaning in found if meaning), "")
