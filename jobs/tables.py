"""Every table of the program, known to one metadata: for migrations, backups and tests."""

import casework.case_models
import casework.models
import casework.placement_models
import casework.record_models
import jobs.models
import matching.learned_kept
import matching.scheme_models
import resources.booked
import resources.derived
import resources.gap_reports
import resources.host_experience
import resources.likely
import resources.merged
import resources.open_rows
import resources.outside.models
import resources.reported
import resources.witnessed
from resources.models import Base

# A module whose tables are declared by nobody else that is imported here belongs in this list.
MODULES = (
    casework.case_models,
    casework.models,
    casework.placement_models,
    casework.record_models,
    jobs.models,
    matching.learned_kept,
    matching.scheme_models,
    resources.booked,
    resources.derived,
    resources.gap_reports,
    resources.host_experience,
    resources.likely,
    resources.merged,
    resources.open_rows,
    resources.outside.models,
    resources.reported,
    resources.witnessed,
)

METADATA = Base.metadata

assert {"account", "job", "suggested"} <= set(METADATA.tables), MODULES
