"""Names for identifiers and units, so that a seat is never taken for a second.

All identifiers are opaque strings. Wall times are whole milliseconds since the Unix epoch (UTC), durations whole
milliseconds, distances metres.
"""

from typing import NewType

DeviceId = NewType("DeviceId", str)
SiteId = NewType("SiteId", str)
SubjectId = NewType("SubjectId", str)
TicketId = NewType("TicketId", str)
OrderId = NewType("OrderId", str)
JourneyId = NewType("JourneyId", str)
DepartureId = NewType("DepartureId", str)
CaseId = NewType("CaseId", str)
PlaceId = NewType("PlaceId", str)
ScanId = NewType("ScanId", str)
EventId = NewType("EventId", str)
Epoch = NewType("Epoch", str)
CredentialHash = NewType("CredentialHash", str)
MessageKey = NewType("MessageKey", str)
PackVersion = NewType("PackVersion", str)
Lang = NewType("Lang", str)
"""A language as a two-letter ISO 639-1 code: fi, sv, en, et."""

Seq = NewType("Seq", int)
HubVersion = NewType("HubVersion", int)
EpochMs = NewType("EpochMs", int)
MonotonicMs = NewType("MonotonicMs", int)
DurationMs = NewType("DurationMs", int)
Metres = NewType("Metres", float)

MS_PER_MINUTE = 60_000
