"""Let the verdict fall on each staged row: checks, targets, questions, differences."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.access import guided_condition, reach_condition
from core.imports import sql
from core.imports.errors import ImportRefused
from core.imports.kinds import Check, ImportKind, Question
from core.imports.staging import Progress, silent
from core.models import ImportRow, ImportRun, RowVerdict, StagingRow

RESET = """
UPDATE core_stagingrow
SET findings = '[]', question = NULL, target_id = NULL,
    is_rejected = problems @> '[{"level": "error"}]'
WHERE run_id = %(run)s
    AND (findings <> '[]' OR question IS NOT NULL OR target_id IS NOT NULL)
"""
FINDINGS = """
{prelude}, found AS ({select})
UPDATE core_stagingrow s
SET findings = s.findings || f.list, is_rejected = s.is_rejected OR {rejects}
FROM (
    SELECT number, jsonb_agg(jsonb_build_object('column', %(_column)s::text,
        'code', %(_code)s::text, 'level', %(_level)s::text,
        'message', replace(%(_message)s, '{{detail}}', coalesce(detail::text, ''))
    )) AS list
    FROM found AS found(number{detail}){no_detail} GROUP BY number
) f
WHERE s.run_id = %(run)s AND s.number = f.number
"""
TARGETS = """
{prelude}, found AS ({select}), one AS (
    SELECT number, min(id) AS id, array_agg(DISTINCT id) AS ids
    FROM found AS found(number, id) GROUP BY number
)
UPDATE core_stagingrow s
SET target_id = CASE WHEN cardinality(one.ids) = 1 THEN one.id END,
    question = CASE WHEN cardinality(one.ids) > 1 THEN jsonb_build_object(
        'code', 'ambiguous', 'column', %(_column)s::text, 'message', %(_message)s::text,
        'candidates', {candidates}) END
FROM one
WHERE s.run_id = %(run)s AND s.number = one.number AND s.target_id IS NULL
    AND s.question IS NULL
"""
CANDIDATES = """(
    SELECT jsonb_agg(jsonb_build_object('id', m.id, 'label', {label}) ORDER BY m.id)
    FROM {table} m WHERE m.id = ANY (one.ids))
"""
ASKED = """
{prelude}, found AS ({select})
UPDATE core_stagingrow s SET question = f.question
FROM (
    SELECT number, jsonb_build_object('code', %(_code)s::text,
        'column', %(_column)s::text, 'message', %(_message)s::text,
        'candidates', coalesce(jsonb_agg(jsonb_build_object('id', id, 'label', label)
            ORDER BY id) FILTER (WHERE id IS NOT NULL), '[]')) AS question
    FROM found AS found(number, id, label) GROUP BY number
) f
WHERE s.run_id = %(run)s AND s.number = f.number AND s.target_id IS NULL
    AND s.question IS NULL
"""
TWINS_BY_TARGET = """
SELECT row_number, first FROM (
    SELECT row_number, min(row_number) OVER (PARTITION BY row_target) AS first
    FROM staged WHERE row_target IS NOT NULL) x WHERE row_number > first
"""
TWINS_BY_KEY = """
SELECT row_number, first FROM (
    SELECT row_number, min(row_number) OVER (PARTITION BY {key}) AS first
    FROM staged WHERE row_target IS NULL AND {filled}) x WHERE row_number > first
"""
TWINS_ASKED = """
{prelude}, found AS ({select})
UPDATE core_stagingrow s SET target_id = NULL, question = jsonb_build_object(
    'code', 'twin_in_file', 'column', %(_column)s::text, 'candidates', '[]'::jsonb,
    'message', replace(%(_message)s, '{{detail}}', f.first::text))
FROM found AS f(number, first)
WHERE s.run_id = %(run)s AND s.number = f.number AND s.question IS NULL
"""
VERDICT = """CASE
    WHEN is_rejected THEN 'REJECTED'
    WHEN question->>'answer' = 'skip' THEN 'SKIPPED'
    WHEN question IS NOT NULL AND NOT question ? 'answer' THEN 'ASKED'
    WHEN target_id IS NULL THEN 'CREATED' ELSE 'UNCHANGED' END"""
VERDICTS = """
UPDATE core_stagingrow SET verdict = {verdict}
WHERE run_id = %(run)s AND verdict <> {verdict}
"""
DIFFERENT = """
{prelude}, found AS ({select})
UPDATE core_stagingrow s SET verdict = 'UPDATED'
FROM (SELECT DISTINCT number FROM found AS found(number)) f
WHERE s.run_id = %(run)s AND s.number = f.number AND s.verdict = 'UNCHANGED'
"""


@transaction.atomic
def judge(run: ImportRun, kind: ImportKind, progress: Progress = silent) -> None:
    """Judge every staged row afresh and count the verdicts on the run (saved)."""
    _hold_open(run)
    with sql.planned_for(run.total):
        sql.execute(RESET, sql.parameters(run))
        progress(_("核对内容"), None)
        for check in kind.checks(run):
            _check(run, kind, check)
        progress(_("查找已有记录"), None)
        _settle_targets(run, kind)
        progress(_("比较差异"), None)
        sql.execute(VERDICTS.format(verdict=VERDICT), sql.parameters(run))
        for select in _differences(run, kind):
            text = DIFFERENT.format(
                prelude=sql.prelude(kind.target_model()), select=select
            )
            sql.execute(text, sql.parameters(run))
        _count(run)
    sql.analyze_staging(run)


def _hold_open(run: ImportRun) -> None:
    """Lock the run; ImportRefused when it was applied or given up meanwhile."""
    rows = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run.pk)
    if not rows.filter(state__in=ImportRun.OPEN_STATES).exists():
        raise ImportRefused(_("该次导入已经结束，不能再次读取"), "closed")


def _settle_targets(run: ImportRun, kind: ImportKind) -> None:
    """Find what each row is about, asking where that is in doubt."""
    _find_targets(run, kind)
    for question in kind.questions(run):
        _ask(run, kind, question)
    _answer(run, kind)
    if kind.duplicates != "allow":
        _find_twins(run, kind)
        _answer(run, kind)
    _refuse_outside_reach(run, kind)


def _check(run: ImportRun, kind: ImportKind, check: Check) -> None:
    params = sql.parameters(
        run,
        {
            **check.params,
            "_column": check.column,
            "_code": check.code,
            "_level": check.level,
            "_message": str(check.message),
        },
    )
    has_detail = len(sql.names_of(_nothing(kind, check.sql), params)) > 1
    text = FINDINGS.format(
        prelude=sql.prelude(kind.target_model()),
        select=check.sql,
        rejects="TRUE" if check.level == "error" else "FALSE",
        detail=", detail" if has_detail else "",
        no_detail="" if has_detail else ", (SELECT NULL::text AS detail) nothing",
    )
    sql.execute(text, params)


def _nothing(kind: ImportKind, select: str) -> str:
    return sql.empty(sql.prelude(kind.target_model()), select)


def _find_targets(run: ImportRun, kind: ImportKind) -> None:
    for select in kind.matches(run):
        _match(run, kind, select)
    model = kind.target_model()
    if model is None:
        return
    for key in kind.natural_keys:
        names = [sql.quote(name) for name in key]
        on = " AND ".join(f"m.{name} = t.{name}" for name in names)
        _match(
            run,
            kind,
            "SELECT t.row_number, m.id FROM typed t"  # noqa: S608 - names only
            f" JOIN {sql.table_of(model)} m ON {on} WHERE t.row_target IS NULL",
        )


def _match(run: ImportRun, kind: ImportKind, select: str) -> None:
    model = kind.target_model()
    candidates = "to_jsonb(one.ids)"
    if model:
        candidates = CANDIDATES.format(
            table=sql.table_of(model), label=f"m.{sql.quote(kind.label_column)}"
        )
    text = TARGETS.format(
        prelude=sql.prelude(kind.target_model()), select=select, candidates=candidates
    )
    words = {
        "_column": kind.label_column,
        "_message": _("名册中有几条相符的记录，是哪一条？"),
    }
    sql.execute(text, sql.parameters(run, words))


def _refuse_outside_reach(run: ImportRun, kind: ImportKind) -> None:
    """A person changes nothing by import that the person's grants do not reach."""
    model = kind.target_model()
    if model is None or run.by is None:
        return
    ids = StagingRow.objects.filter(run_id=run.pk, target_id__isnull=False).values(
        "target_id"
    )
    reached = reach_condition(model, run.by, kind.permission)
    found = model._default_manager.filter(pk__in=ids)
    below = found.filter(guided_condition(model, run.by, kind.permission))
    outside = found.exclude(
        pk__in=model._default_manager.filter(reached).values("pk")
    ).exclude(pk__in=below)
    for code, told, rows in (
        ("out_of_reach", _("该记录不在您的管理范围内，未作变更"), outside),
        (
            "run_below",
            _(
                "该记录由下级教育行政部门自行管理，上级只指导和查看，未作变更（AK-1.3.1）"
            ),
            below,
        ),
    ):
        hit = "SELECT row_number FROM staged WHERE row_target = ANY (%(ids)s)"
        pks = {"ids": list(rows.values_list("pk", flat=True))}
        _check(run, kind, Check(kind.label_column, code, told, hit, pks))


def _ask(run: ImportRun, kind: ImportKind, question: Question) -> None:
    params = {
        **question.params,
        "_column": question.column,
        "_code": question.code,
        "_message": str(question.message),
    }
    text = ASKED.format(prelude=sql.prelude(kind.target_model()), select=question.sql)
    sql.execute(text, sql.parameters(run, params))


def _find_twins(run: ImportRun, kind: ImportKind) -> None:
    """Deal with rows of one file that are, or seem to be, the same thing."""
    selects = [TWINS_BY_TARGET]
    for key in kind.natural_keys if kind.model else ():
        names = [f"data->>{sql.literal(name)}" for name in key]
        filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
        selects.append(TWINS_BY_KEY.format(key=", ".join(names), filled=filled))
    for select in selects:
        if kind.duplicates == "ask":
            _ask_about_twins(run, kind, select)
        else:
            _check(run, kind, _twin_check(kind, select))


def _twin_check(kind: ImportKind, select: str) -> Check:
    return Check(
        kind.label_column,
        "duplicate_in_file",
        _("与第 {detail} 行重复，请删除其中一行"),
        select,
    )


def _ask_about_twins(run: ImportRun, kind: ImportKind, select: str) -> None:
    message = _("与第 {detail} 行同名。若是同一个，请跳过本行；若不是，请按新增处理")
    text = TWINS_ASKED.format(prelude=sql.prelude(kind.target_model()), select=select)
    words = {"_column": kind.label_column, "_message": message}
    sql.execute(text, sql.parameters(run, words))


def _answer(run: ImportRun, kind: ImportKind) -> None:
    """Put the answers given now, or for the same file before, to the questions."""
    asked = StagingRow.objects.filter(
        run_id=run.pk, question__isnull=False, is_rejected=False
    )
    questions = {row.number: row.question or {} for row in asked}
    waiting = [number for number, q in questions.items() if "answer" not in q]
    before = _answers_before(run, kind, waiting) if waiting else {}
    for number in waiting:
        question, given = questions[number], run.answers.get(str(number), "")
        offered = given in answers_offered(question)
        answer = given if offered else before.get(number)
        if not answer:
            continue
        target = int(answer[5:]) if answer.startswith("same:") else None
        StagingRow.objects.filter(run_id=run.pk, number=number).update(
            question={**question, "answer": answer}, target_id=target
        )


def answers_offered(question: dict[str, Any]) -> set[str]:
    """Return the answers a question takes."""
    return {"new", "skip", *(f"same:{each['id']}" for each in question["candidates"])}


def _answers_before(
    run: ImportRun, kind: ImportKind, numbers: list[int]
) -> dict[int, str]:
    """Return what these rows became when the very same file was applied last."""
    earlier = ImportRun.objects.of_scope(run.kind, run.scope).filter(
        file_sha256=run.file_sha256, state=ImportRun.State.APPLIED
    )
    before = earlier.first() if run.file_sha256 else None
    if before is None:
        return {}
    rows = list(ImportRow.objects.filter(run=before, number__in=numbers))
    model = kind.target_model()
    standing = {row.target_id for row in rows}
    if model:
        standing = set(
            model._default_manager.filter(pk__in=standing).values_list("pk", flat=True)
        )
    became = {r.number: f"same:{r.target_id}" for r in rows if r.target_id in standing}
    skipped = {r.number: "skip" for r in rows if r.verdict == RowVerdict.SKIPPED}
    return {**became, **skipped}


def _differences(run: ImportRun, kind: ImportKind) -> list[str]:
    selects = list(kind.differences(run))
    model = kind.target_model()
    names = sql.written_names(kind.target_model(), run)
    if model and names:
        differs = " OR ".join(
            f"{sql.kept_value(n, model)} IS DISTINCT FROM m.{sql.quote(n)}"
            for n in names
        )
        selects.append(
            "SELECT t.row_number FROM typed t"  # noqa: S608 - names only
            f" JOIN {sql.table_of(model)} m"
            f" ON m.id = t.row_target WHERE {differs}"
        )
    return selects


def _count(run: ImportRun) -> None:
    counts = dict(
        sql.fetch(
            "SELECT verdict, count(*) FROM core_stagingrow"
            " WHERE run_id = %(run)s GROUP BY 1",
            sql.parameters(run),
        )
    )
    for verdict in RowVerdict.values:
        setattr(run, verdict.lower(), counts.get(verdict, 0))
    run.state = ImportRun.State.PREVIEWED
    verdicts = [verdict.lower() for verdict in RowVerdict.values]
    run.save(
        update_fields=[*verdicts, "state", "total", "remarks", "layout", "answers"]
    )


def counts_of(run: ImportRun) -> dict[str, int]:
    """Return the run's counts by verdict in lower case."""
    return {
        verdict.lower(): getattr(run, verdict.lower()) for verdict in RowVerdict.values
    }
