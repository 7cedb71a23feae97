"""Import of the roll of standing groups: one row is one school's time in one group."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.imports import Batch, Check, ImportKind, Row, register
from groups.imports.judging import judge
from groups.imports.roll import Roll, read_roll
from groups.imports.words import COLUMNS
from groups.imports.writing import write


@register
class MembershipImport(ImportKind):
    """Groups that existed before the system, with the true days of their members."""

    key = "groups.membership"
    title = gettext_lazy("集团名册")
    permission = "groups.import_educationgroup"
    scope = "bureau.region"
    label_column = "school"
    help = gettext_lazy(
        "每行一所学校在一个集团的一段时间。龙头学校可以单列一行（角色填“龙头学校”），"
        "也可以在每行“龙头校”一列填写。学校须已在本地区名册中。"
    )
    columns = COLUMNS

    def context(self, run: Any) -> Roll:
        """Load the register of the run's region."""
        return read_roll(run.scope, run.by, self.permission)

    def prepare(self, row: Row, context: Roll) -> None:
        """Find group and school, settle role, mode and days, compare with the rest."""
        judge(row, context)

    def checks(self, run: Any) -> Iterator[Check]:
        """Refuse the rows of a new group that has no lead on its open days."""
        yield Check(
            "lead_name",
            "no_lead",
            _("“{detail}”没有龙头学校：请加一行角色为“龙头学校”，或填写“龙头校”一列"),
            """
            SELECT s.row_number, s.data->>'group_name' FROM staged s
            WHERE s.data->>'group_id' IS NULL AND NOT EXISTS (
                SELECT 1 FROM staged l
                WHERE l.data->>'group_key' = s.data->>'group_key'
                AND (l.data->>'role' = 'LEAD' OR l.data->>'lead_id' IS NOT NULL))
            """,
        )
        yield Check(
            "valid_to",
            "lead_left",
            _("“{detail}”的龙头学校已退出，仍有成员在集团，请补填接任的龙头学校"),
            """
            SELECT s.row_number, s.data->>'group_name' FROM staged s
            WHERE s.data->>'group_id' IS NULL AND s.data->>'role' = 'LEAD'
            AND s.data->>'valid_to' IS NOT NULL AND EXISTS (
                SELECT 1 FROM staged m
                WHERE m.data->>'group_key' = s.data->>'group_key'
                AND m.data->>'role' <> 'LEAD' AND m.data->>'valid_to' IS NULL)
            AND NOT EXISTS (
                SELECT 1 FROM staged l
                WHERE l.data->>'group_key' = s.data->>'group_key'
                AND l.data->>'role' = 'LEAD' AND l.data->>'valid_to' IS NULL)
            """,
        )

    def matches(self, run: Any) -> Iterator[str]:
        """Find the membership that prepare recognised."""
        yield (
            "SELECT row_number, (data->>'membership_id')::bigint FROM staged"
            " WHERE data->>'membership_id' IS NOT NULL"
        )

    def differences(self, run: Any) -> Iterator[str]:
        """Name the rows that change a standing membership."""
        yield (
            "SELECT row_number FROM staged"
            " WHERE jsonb_typeof(data->'changes') = 'object'"
            " AND data->'changes' <> '{}'::jsonb"
        )

    def apply(self, batch: Batch) -> None:
        """Register new groups with their members, add members, amend spans."""
        write(batch)
