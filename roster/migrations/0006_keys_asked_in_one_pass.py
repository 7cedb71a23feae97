"""Build the keys of large tables again: their triggers read the new rows once."""

from django.db import migrations

import core.constraints

KEYS = {
    "enrolment": core.constraints.BulkCarriedKey(
        fields=("section", "region"),
        name="enrolment_carries_region",
        to="schools.ClassSection",
        to_fields=("id", "region"),
    ),
    "pupil": core.constraints.BulkCarriedKey(
        fields=("school", "region"),
        name="pupil_carries_region",
        to="schools.School",
        to_fields=("id", "administered_by"),
    ),
    "syncrow": core.constraints.BulkCarriedKey(
        fields=("run",),
        name="sync_row_of_a_run",
        to="roster.SyncRun",
        to_fields=("id",),
        violation_error_message="该行所属的同步不存在",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("roster", "0005_pupils_stay_where_kept")]

    operations = [
        *(
            migrations.RemoveConstraint(model_name=model, name=key.name)
            for model, key in KEYS.items()
        ),
        *(
            migrations.AddConstraint(model_name=model, constraint=key)
            for model, key in KEYS.items()
        ),
    ]
