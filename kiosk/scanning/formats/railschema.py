"""The part of UIC's flexible content (U_FLEX; UIC IRS 90918-9, ERA TAP TSI B.12) that Opas reads, as ASN.1.

Written for what is wanted here: who issued the ticket and when, who travels, and of the first transport document its
kind, number, product, stations and validity. Unaligned PER has no lengths to skip by, so whatever stands before a wanted
field is described exactly; what stands behind the last wanted one is not. Three things make that work:

- a field of type NULL takes no bits: the unread tail of a SEQUENCE (`t1`, `t2`, ...) keeps its presence bits and nothing
  else;
- such a SEQUENCE has its extension bit as a BOOLEAN in a wrapper before it, because its additions could not be found;
- the count of a SEQUENCE OF stands as a BOOLEAN and seven bits, so that its first element can be read alone.

The three versions differ in ranges and in a few fields.
"""

from collections.abc import Mapping

VERSIONS: Mapping[str, int] = {"13": 1, "01": 1, "02": 2, "03": 3}
"""The schema of each record version: 1.3 writes itself `13`."""


def _tail(count: int) -> str:
    return ", ".join(f"t{number} NULL OPTIONAL" for number in range(1, count + 1))


_OLD_BIRTHDAY = "birthDay INTEGER (0..370) OPTIONAL"
_BIRTHDAY = "birthMonth INTEGER (1..12) OPTIONAL, birthDay INTEGER (1..31) OPTIONAL"
_BRANDS = ", with SEQUENCE OF INTEGER (1..32000) OPTIONAL, without SEQUENCE OF INTEGER (1..32000) OPTIONAL"
_CLASSES = "notApplicable, first, second, tourist, comfort, premium, business, all"
_NEW_CLASSES = ", premiumFirst, standardFirst, premiumSecond, standardSecond"
_DIFFERENCES: Mapping[int, Mapping[str, str]] = {
    1: {
        "OPTIONAL_TIME": "OPTIONAL",
        "BIRTHDAY": _OLD_BIRTHDAY,
        "DAY": "-1..370",
        "FROM": "-1..700",
        "UNTIL": "0..370",
        "PRODUCT": "0..32000",
        "CLASSES": _CLASSES,
        "LINE": "city INTEGER (1..9999999) OPTIONAL, binary OCTET STRING OPTIONAL",
        "BRANDS": "",
        "OPEN_TAIL": _tail(16),
        "PASS_TAIL": _tail(20),
    },
    2: {
        "OPTIONAL_TIME": "OPTIONAL",
        "BIRTHDAY": _BIRTHDAY,
        "DAY": "-1..370",
        "FROM": "-1..700",
        "UNTIL": "-1..370",
        "PRODUCT": "0..65535",
        "CLASSES": _CLASSES + _NEW_CLASSES,
        "LINE": "city INTEGER OPTIONAL",
        "BRANDS": "",
        "OPEN_TAIL": _tail(18),
        "PASS_TAIL": _tail(20),
    },
    3: {
        "OPTIONAL_TIME": "",
        "BIRTHDAY": _BIRTHDAY,
        "DAY": "-1..500",
        "FROM": "-367..700",
        "UNTIL": "-1..500",
        "PRODUCT": "0..65535",
        "CLASSES": _CLASSES + _NEW_CLASSES,
        "LINE": "city INTEGER OPTIONAL",
        "BRANDS": _BRANDS,
        "OPEN_TAIL": _tail(18),
        "PASS_TAIL": _tail(21),
    },
}


def schema(version: int) -> str:
    """The ASN.1 module of version 1, 2 or 3. Its types `Counted` and `Ticket` are two readings of the same bits."""
    text = _SCHEMA
    for name, value in _DIFFERENCES[version].items():
        text = text.replace(f"<{name}>", value)
    return text


_SCHEMA = f"""
Rail DEFINITIONS AUTOMATIC TAGS ::= BEGIN

Counted ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{
    issuing Issuing, travelers Travelers OPTIONAL, documents Count OPTIONAL, {_tail(2)}
}} }}
Ticket ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{
    issuing Issuing, travelers Travelers OPTIONAL, documents Documents OPTIONAL, {_tail(2)}
}} }}
Count ::= SEQUENCE {{ long BOOLEAN, count INTEGER (0..127) }}
Documents ::= SEQUENCE {{ count Count, first Document }}

Issuing ::= SEQUENCE {{
    securityNum INTEGER (1..32000) OPTIONAL, securityIA5 IA5String OPTIONAL,
    issuerNum INTEGER (1..32000) OPTIONAL, issuerIA5 IA5String OPTIONAL,
    year INTEGER (2016..2269), day INTEGER (1..366), time INTEGER (0..1440) <OPTIONAL_TIME>,
    issuerName UTF8String OPTIONAL,
    specimen BOOLEAN, securePaper BOOLEAN, activated BOOLEAN,
    currency IA5String (SIZE(3)) DEFAULT "EUR", currencyFraction INTEGER (1..3) DEFAULT 2,
    pnr IA5String OPTIONAL, extension Extension OPTIONAL,
    onTrainNum INTEGER OPTIONAL, onTrainIA5 IA5String OPTIONAL, onLine INTEGER OPTIONAL,
    pointOfSale Coordinate OPTIONAL, ...
}}
Extension ::= SEQUENCE {{ id IA5String, data OCTET STRING }}
Coordinate ::= SEQUENCE {{
    unit INTEGER (0..4) DEFAULT 2, system INTEGER (0..1) DEFAULT 0,
    eastWest INTEGER (0..1) DEFAULT 0, northSouth INTEGER (0..1) DEFAULT 0,
    longitude INTEGER, latitude INTEGER, accuracy INTEGER (0..4) OPTIONAL
}}

Travelers ::= SEQUENCE {{
    persons SEQUENCE OF Traveler OPTIONAL, language IA5String (SIZE(2)) OPTIONAL, group UTF8String OPTIONAL, ...
}}
Traveler ::= SEQUENCE {{
    firstName UTF8String OPTIONAL, secondName UTF8String OPTIONAL, lastName UTF8String OPTIONAL,
    idCard IA5String OPTIONAL, passport IA5String OPTIONAL, title IA5String (SIZE(1..3)) OPTIONAL,
    gender ENUMERATED {{ unspecified, female, male, other, ... }} OPTIONAL,
    customerIA5 IA5String OPTIONAL, customerNum INTEGER OPTIONAL,
    birthYear INTEGER (1901..2155) OPTIONAL, <BIRTHDAY>,
    ticketHolder BOOLEAN,
    type ENUMERATED {{ adult, senior, child, youth, dog, bicycle, addon, childAddon, ... }} OPTIONAL,
    reducedMobility BOOLEAN OPTIONAL,
    residence INTEGER (1..999) OPTIONAL, passportCountry INTEGER (1..999) OPTIONAL, idCountry INTEGER (1..999) OPTIONAL,
    status SEQUENCE OF Status OPTIONAL, ...
}}
Status ::= SEQUENCE {{
    providerNum INTEGER (1..32000) OPTIONAL, providerIA5 IA5String OPTIONAL, status INTEGER OPTIONAL,
    description IA5String OPTIONAL
}}

Document ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{ token Token OPTIONAL, ticket Kind }} }}
Token ::= SEQUENCE {{
    providerNum INTEGER OPTIONAL, providerIA5 IA5String OPTIONAL, specification IA5String OPTIONAL, token OCTET STRING
}}
Kind ::= CHOICE {{
    reservation Reservation, carCarriage NULL, openTicket OpenTicket, pass Pass, voucher NULL, customerCard NULL,
    counterMark NULL, parking NULL, fipTicket NULL, stationPassage StationPassage, extension NULL,
    delayConfirmation NULL, ...
}}

Reservation ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{
    trainNum INTEGER OPTIONAL, trainIA5 IA5String OPTIONAL, departureDay INTEGER (<DAY>) DEFAULT 0,
    referenceIA5 IA5String OPTIONAL, referenceNum INTEGER OPTIONAL,
    ownerNum INTEGER (1..32000) OPTIONAL, ownerIA5 IA5String OPTIONAL,
    productNum INTEGER (<PRODUCT>) OPTIONAL, productIA5 IA5String OPTIONAL,
    brand INTEGER (0..32000) OPTIONAL, brandShort UTF8String OPTIONAL, brandName UTF8String OPTIONAL,
    service INTEGER (0..3) DEFAULT 0, codeTable INTEGER (0..4) DEFAULT 1,
    fromNum INTEGER (1..9999999) OPTIONAL, fromIA5 IA5String OPTIONAL,
    toNum INTEGER (1..9999999) OPTIONAL, toIA5 IA5String OPTIONAL,
    fromName UTF8String OPTIONAL, toName UTF8String OPTIONAL,
    departureTime INTEGER (0..1440), {_tail(23)}
}} }}

OpenTicket ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{
    referenceNum INTEGER OPTIONAL, referenceIA5 IA5String OPTIONAL,
    ownerNum INTEGER (1..32000) OPTIONAL, ownerIA5 IA5String OPTIONAL,
    productNum INTEGER (<PRODUCT>) OPTIONAL, productIA5 IA5String OPTIONAL,
    externalIssuer INTEGER OPTIONAL, authorization INTEGER OPTIONAL,
    returnIncluded BOOLEAN, codeTable INTEGER (0..4) DEFAULT 0,
    fromNum INTEGER (1..9999999) OPTIONAL, fromIA5 IA5String OPTIONAL,
    toNum INTEGER (1..9999999) OPTIONAL, toIA5 IA5String OPTIONAL,
    fromName UTF8String OPTIONAL, toName UTF8String OPTIONAL,
    regionName UTF8String OPTIONAL, region SEQUENCE OF Region OPTIONAL, return Return OPTIONAL,
    fromDay INTEGER (<FROM>) DEFAULT 0, fromTime INTEGER (0..1440) OPTIONAL, fromZone INTEGER (-60..60) OPTIONAL,
    untilDay INTEGER (<UNTIL>) DEFAULT 0, <OPEN_TAIL>
}} }}

Pass ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{
    referenceNum INTEGER OPTIONAL, referenceIA5 IA5String OPTIONAL,
    ownerNum INTEGER (1..32000) OPTIONAL, ownerIA5 IA5String OPTIONAL,
    productNum INTEGER (<PRODUCT>) OPTIONAL, productIA5 IA5String OPTIONAL,
    type INTEGER (1..250) OPTIONAL, description UTF8String OPTIONAL,
    class Class DEFAULT second,
    fromDay INTEGER (<FROM>) DEFAULT 0, fromTime INTEGER (0..1440) OPTIONAL, fromZone INTEGER (-60..60) OPTIONAL,
    untilDay INTEGER (<UNTIL>) DEFAULT 0, <PASS_TAIL>
}} }}
Class ::= ENUMERATED {{ <CLASSES>, ... }}

StationPassage ::= SEQUENCE {{ extended BOOLEAN, body SEQUENCE {{
    referenceIA5 IA5String OPTIONAL, referenceNum INTEGER OPTIONAL,
    ownerNum INTEGER (1..32000) OPTIONAL, ownerIA5 IA5String OPTIONAL,
    productNum INTEGER (<PRODUCT>) OPTIONAL, productIA5 IA5String OPTIONAL, description UTF8String OPTIONAL,
    codeTable INTEGER (0..4) DEFAULT 0,
    stationNum SEQUENCE OF INTEGER OPTIONAL, stationIA5 SEQUENCE OF IA5String OPTIONAL,
    stationName SEQUENCE OF UTF8String OPTIONAL,
    areaNum SEQUENCE OF INTEGER OPTIONAL, areaIA5 SEQUENCE OF IA5String OPTIONAL,
    areaName SEQUENCE OF UTF8String OPTIONAL,
    fromDay INTEGER (<FROM>), fromTime INTEGER (0..1440) OPTIONAL, fromZone INTEGER (-60..60) OPTIONAL,
    untilDay INTEGER (<UNTIL>) DEFAULT 0, {_tail(4)}
}} }}

Return ::= SEQUENCE {{
    fromNum INTEGER (1..9999999) OPTIONAL, fromIA5 IA5String OPTIONAL,
    toNum INTEGER (1..9999999) OPTIONAL, toIA5 IA5String OPTIONAL,
    fromName UTF8String OPTIONAL, toName UTF8String OPTIONAL,
    regionName UTF8String OPTIONAL, region SEQUENCE OF Region OPTIONAL, ...
}}
Region ::= CHOICE {{ train Train, via Via, zone Zone, line Line, polygon Polygon, ... }}
Train ::= SEQUENCE {{
    trainNum INTEGER OPTIONAL, trainIA5 IA5String OPTIONAL,
    day INTEGER (<DAY>), time INTEGER (0..1440), zone INTEGER (-60..60) OPTIONAL,
    fromNum INTEGER (1..9999999) OPTIONAL, fromIA5 IA5String OPTIONAL,
    toNum INTEGER (1..9999999) OPTIONAL, toIA5 IA5String OPTIONAL,
    fromName UTF8String OPTIONAL, toName UTF8String OPTIONAL
}}
Via ::= SEQUENCE {{
    codeTable INTEGER (0..4) DEFAULT 0, stationNum INTEGER (1..9999999) OPTIONAL, stationIA5 IA5String OPTIONAL,
    alternatives SEQUENCE OF Via OPTIONAL, route SEQUENCE OF Via OPTIONAL, border BOOLEAN,
    carrierNum SEQUENCE OF INTEGER (1..32000) OPTIONAL, carrierIA5 SEQUENCE OF IA5String OPTIONAL,
    series INTEGER OPTIONAL, routeId INTEGER OPTIONAL<BRANDS>, ...
}}
Zone ::= SEQUENCE {{
    carrierNum INTEGER (1..32000) OPTIONAL, carrierIA5 IA5String OPTIONAL, codeTable INTEGER (0..4) DEFAULT 0,
    entryNum INTEGER (1..9999999) OPTIONAL, entryIA5 IA5String OPTIONAL,
    exitNum INTEGER (1..9999999) OPTIONAL, exitIA5 IA5String OPTIONAL,
    city INTEGER OPTIONAL, zones SEQUENCE OF INTEGER OPTIONAL, binary OCTET STRING OPTIONAL,
    nuts IA5String OPTIONAL, ...
}}
Line ::= SEQUENCE {{
    carrierNum INTEGER (1..32000) OPTIONAL, carrierIA5 IA5String OPTIONAL, lines SEQUENCE OF INTEGER OPTIONAL,
    codeTable INTEGER (0..4) DEFAULT 0,
    entryNum INTEGER (1..9999999) OPTIONAL, entryIA5 IA5String OPTIONAL,
    exitNum INTEGER (1..9999999) OPTIONAL, exitIA5 IA5String OPTIONAL, <LINE>, ...
}}
Polygon ::= SEQUENCE {{ first Coordinate, edges SEQUENCE OF Edge }}
Edge ::= SEQUENCE {{ longitude INTEGER, latitude INTEGER }}

END
"""
