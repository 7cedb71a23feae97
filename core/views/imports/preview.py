"""Step three of an import: what would happen to each row."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from core.imports.engine import answer as give_answers
from core.imports.engine import ensure_staged
from core.imports.errors import ImportRefused
from core.imports.work import start_applying
from core.transitions import Effects
from core.views.imports.base import (
    RowsPage,
)

ANSWER = re.compile(r"answer-\d{1,9}$")


class ImportPreview(RowsPage):
    """Step three: what would happen to each row; answers; apply."""

    template_name = "core/import_preview.html"
    step = 3

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the rows by verdict."""
        self.require_right()
        moved = self.elsewhere("PREVIEWED")
        if moved:
            return moved
        try:
            ensure_staged(self.run)
        except ImportRefused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("core:import-list"))
        return self.draw(
            run=self.run,
            effects=self._effects(),
            can_apply=self.run.created + self.run.updated > 0,
            **self.rows_context(),
        )

    def _effects(self) -> Effects:
        run = self.run
        lines = []
        if run.created:
            lines.append(_("新增 %d 条") % run.created)
        if run.updated:
            lines.append(_("变更 %d 条，锁定的内容不覆盖") % run.updated)
        if lines:
            lines.append(_("写入后可在结果页撤销，直到有人在其上继续办理"))
        warnings = []
        if run.rejected:
            text = _("%d 行有问题，不会写入；可下载结果表修改后再导入") % run.rejected
            warnings.append(("amber", text))
        if run.asked:
            warnings.append(("amber", _("%d 行还没有答复，这次先不写入") % run.asked))
        return Effects(immediately=lines, warnings=warnings)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep answers, or apply."""
        self.require_right()
        moved = self.elsewhere("PREVIEWED")
        if moved:
            return moved
        try:
            if "apply" in request.POST:
                return HttpResponseRedirect(start_applying(self.run, by=request.user))
            ensure_staged(self.run)
            give_answers(self.run, self._answers())
        except ImportRefused as refusal:
            return self.refused(refusal)
        messages.success(request, _("答复已保存，结果已重新核对。"))
        return HttpResponseRedirect(request.path)

    def _answers(self) -> dict[str, str]:
        return {
            key.removeprefix("answer-"): value
            for key, value in self.request.POST.items()
            if isinstance(value, str) and ANSWER.match(key)
        }
