"""The main job, from a bureau's own workbook to a report in an official's hands."""

from typing import Any

import pytest

from tests.browser.conftest import Enter
from tests.browser.job import appraisal, groups, report, roster
from tests.browser.job.town import found_town, open_principals_accounts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_main_job_runs_from_a_workbook_to_a_downloaded_report(
    site: str, worker: Any, enter: Enter
) -> None:
    town = found_town()
    bureau = enter("bureau")

    roster.import_schools(bureau)
    open_principals_accounts(town)
    county = enter("county")
    roster.confirm_a_stage(county, town)
    roster.label_as_quality(county, town.founders[0])

    standing = groups.register_group(county, town)
    new = groups.form_group(enter, town)

    cycle = appraisal.open_cycle(bureau)
    appraisal.submit_report(enter("head"), standing)
    appraisal.score(bureau, cycle, standing)
    appraisal.exempt(bureau, cycle, new)
    appraisal.publish(bureau, enter("leading"), cycle)

    report.compile_reports(bureau, cycle)
    report.download(enter("head"), standing)
