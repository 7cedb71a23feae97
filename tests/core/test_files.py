"""Files: sniffed, limited, stored once, refused in plain words."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from core import files
from core.models import Attachment, Job

PDF = b"%PDF-1.7\n" + b"0" * 64
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"0" * 64


@pytest.fixture
def job(db: None) -> Job:
    return Job.objects.create(kind="x", title="任务")


def test_equal_contents_are_stored_once(job: Job) -> None:
    one = files.attach(job, "甲.pdf", PDF, kind=Attachment.Kind.EVIDENCE)
    two = files.attach(job, "乙.pdf", PDF, kind=Attachment.Kind.EVIDENCE)

    assert one.sha256 == two.sha256
    assert default_storage.exists(one.path)
    assert files.read(two) == PDF


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "空文件"),
        ("程序.exe", b"MZ" + b"0" * 64, "不接受"),
        ("图片.png", PDF, "扩展名不符"),
        ("表.csv", b"\x00\x01\x02\xff\xfe", "扩展名不符"),
        ("网页.html", b"<html>", "不接受"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason_and_leaves_nothing(
    job: Job, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        files.attach(job, name, content, kind=Attachment.Kind.EVIDENCE)

    assert words in str(refused.value)
    assert not Attachment.objects.exists()


def test_a_file_over_the_limit_is_refused(job: Job) -> None:
    with pytest.raises(ValidationError, match="超过 1 MB"):
        files.attach(job, "大.pdf", PDF + b"0" * 2**20, kind="EVIDENCE", max_mb=1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_in_both_usual_encodings_is_accepted(job: Job, encoding: str) -> None:
    made = files.attach(job, "名单.csv", "学校,人数".encode(encoding), kind="EVIDENCE")

    assert made.mime == "text/csv"


def test_a_picture_is_recognised(job: Job) -> None:
    assert files.attach(job, "照片.png", PNG, kind="EVIDENCE").mime == "image/png"
