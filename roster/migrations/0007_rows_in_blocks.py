"""Keep a thousand new rows of a run in one record, as they are: unpacking costs."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0006_keys_asked_in_one_pass"),
    ]

    operations = [
        migrations.CreateModel(
            name="SyncBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "collection",
                    models.CharField(
                        choices=[
                            ("orgs", "机构"),
                            ("academicSessions", "学年与学期"),
                            ("courses", "课程"),
                            ("classes", "班级"),
                            ("users", "人员"),
                            ("enrollments", "班级成员"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        size=None,
                        verbose_name="行号",
                    ),
                ),
                (
                    "sourced_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        size=None,
                        verbose_name="来源标识",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="roster.syncrun",
                        verbose_name="同步",
                    ),
                ),
            ],
            options={
                "verbose_name": "新增的同步行",
                "verbose_name_plural": "新增的同步行",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("numbers__len", models.F("sourced_ids__len"))
                        ),
                        name="sync_block_goes_together",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            """
            ALTER TABLE roster_syncblock
                ALTER COLUMN numbers SET STORAGE EXTERNAL,
                ALTER COLUMN sourced_ids SET STORAGE EXTERNAL
            """,
            migrations.RunSQL.noop,
        ),
    ]
