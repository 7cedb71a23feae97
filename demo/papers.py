"""Small official papers as real files: charters, plans, agreements, evidence."""

from collections.abc import Mapping
from datetime import date

from django.core.files.base import ContentFile

from core.documents import (
    Block,
    Document,
    Heading,
    Paragraph,
    Signer,
    file_name,
    render,
    to_data,
)


def paper(
    title: str, issuer: str, day: date, sections: Mapping[str, str], fmt: str = "pdf"
) -> ContentFile:
    """Return a paper as a file; the same words give the same bytes."""
    blocks: list[Block] = []
    for heading, text in sections.items():
        blocks += [Heading(heading), Paragraph(text)]
    document = Document(
        title=title,
        issuer=issuer,
        prepared_on=day,
        blocks=blocks,
        status="SIGNED",
        signers=[Signer("签发单位", issuer, day)],
        sources=["演示数据，与真实单位无关"],
    )
    data = to_data(document)
    return ContentFile(render(data, fmt), name=file_name(data, fmt))
