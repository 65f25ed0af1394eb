"""The fields of the catalogue that are given to whoever asks, in every form of open data.

What staff noted for themselves (who is really accepted, what a host needs from them, what matters
for a person's safety, how many a host accompanies) stays inside. A column that stands in no list
here is not given out.
"""

SHOWN: dict[str, frozenset[str]] = {
    "organization": frozenset(
        {"name", "name_kana", "corporate_number", "description", "phone", "email", "url",
         "invented"}
    ),
    "resource": frozenset(
        {"organization_id", "kind", "name", "name_kana", "alias", "description", "audience",
         "age_min", "age_max", "gender", "languages", "requirements", "needs", "activities",
         "steps", "noise", "group_size", "conversation", "staff_present", "visit_first",
         "accompaniment", "online", "fee_yen", "pays", "pay_yen_hour", "transport", "with_child",
         "animals", "smoking", "alcohol", "phone", "email", "url", "invented"}
    ),
    "location": frozenset(
        {"name", "address", "prefecture", "city", "town", "number", "building", "postcode", "lon",
         "lat", "accuracy_m", "point_level", "point_source", "step_free", "accessibility",
         "invented"}
    ),
    "offering": frozenset(
        {"resource_id", "location_id", "label", "schedule", "schedule_text", "attendance",
         "min_minutes", "min_per_week", "capacity", "availability", "places",
         "availability_said_on", "availability_said_by", "verified_on", "verified_by", "ends_on",
         "invented"}
    ),
}  # fmt: skip

DECIDING: dict[str, frozenset[str]] = {
    "organization": frozenset(),
    "resource": frozenset({"status"}),
    "location": frozenset({"visibility"}),
    "offering": frozenset({"verified_on", "location_id", "resource_id"}),
}
"""Fields that decide whether an entry is open (see `public_entries`)."""


def is_seen_outside(entity: str, fields: set[str]) -> bool:
    """Tell whether a change of these fields can be seen by whoever reads open data."""
    return bool(fields & (SHOWN[entity] | DECIDING[entity]))
