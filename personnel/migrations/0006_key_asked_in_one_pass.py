"""Build the teachers' key again: its trigger reads the new rows once."""

from django.db import migrations

import core.constraints


class Migration(migrations.Migration):
    dependencies = [("personnel", "0005_no_identity_numbers")]

    operations = [
        migrations.RemoveConstraint(
            model_name="teacher", name="teacher_carries_region"
        ),
        migrations.AddConstraint(
            model_name="teacher",
            constraint=core.constraints.BulkCarriedKey(
                fields=("school", "region"),
                name="teacher_carries_region",
                to="schools.School",
                to_fields=("id", "administered_by"),
            ),
        ),
    ]
