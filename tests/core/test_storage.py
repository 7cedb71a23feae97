"""Files in an S3-compatible store, and files judged by a scanner."""

import socket
import struct
from collections.abc import Iterator
from threading import Thread
from typing import Any

import boto3
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.test import override_settings
from environ import Env
from moto.server import ThreadedMotoServer

from config.settings.storage import FOLDER, files_storage
from core.files import attach, read
from core.models import Attachment
from tests.schools.factories import SchoolFactory

PDF = b"%PDF-1.4\n%%EOF\n"
PUZZLE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"


@pytest.fixture
def bucket(monkeypatch: Any) -> Iterator[Any]:
    """A store that speaks S3, with an empty bucket; yields its client."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "FILES_BUCKET": "portal",
        "FILES_ENDPOINT": f"http://{host}:{port}",
        "FILES_REGION": "us-east-1",
        "FILES_ACCESS_KEY": "key",
        "FILES_SECRET_KEY": "secret",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    client = boto3.client(
        "s3",
        endpoint_url=given["FILES_ENDPOINT"],
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="portal")
    try:
        yield client
    finally:
        server.stop()


def test_without_a_bucket_files_lie_in_a_folder(monkeypatch: Any) -> None:
    monkeypatch.delenv("FILES_BUCKET", raising=False)

    assert files_storage(Env()) == FOLDER


@pytest.mark.django_db
def test_files_lie_in_a_bucket_once_by_their_hash_and_are_read_again(
    bucket: Any,
) -> None:
    school = SchoolFactory()
    both = {**storages.backends, "default": files_storage(Env())}

    with override_settings(STORAGES=both):
        first = attach(school, "批文.pdf", PDF, kind="EVIDENCE")
        second = attach(school, "同一批文.pdf", PDF, kind="EVIDENCE")
        content = read(first)

    held = bucket.list_objects_v2(Bucket="portal")["Contents"]
    assert content == PDF
    assert [item["Key"] for item in held] == [first.path]
    assert first.path == second.path


@pytest.fixture
def clamd(settings: Any) -> Iterator[list[bytes]]:
    """A scanner that speaks clamd's INSTREAM; yields what it was given."""
    given: list[bytes] = []
    door = socket.create_server(("127.0.0.1", 0))

    def exactly(line: socket.socket, size: int) -> bytes:
        held = b""
        while len(held) < size:
            held += line.recv(size - len(held))
        return held

    def serve() -> None:
        while True:
            try:
                line, _address = door.accept()
            except OSError:
                return
            with line:
                assert exactly(line, 10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", exactly(line, 4))[0]:
                    content += exactly(line, size)
                given.append(content)
                found = b"Eicar-Test-Signature FOUND" if PUZZLE in content else b"OK"
                line.sendall(b"stream: " + found + b"\0")

    Thread(target=serve, daemon=True).start()
    settings.CLAMD = f"127.0.0.1:{door.getsockname()[1]}"
    yield given
    door.close()


@pytest.mark.django_db
def test_a_clean_file_is_judged_and_kept(clamd: list[bytes]) -> None:
    content = PDF + b"0" * 200_000

    attach(SchoolFactory(), "批文.pdf", content, kind="EVIDENCE")

    assert clamd == [content]
    assert Attachment.objects.count() == 1


@pytest.mark.django_db
def test_an_infected_file_is_refused_and_not_kept(clamd: list[bytes]) -> None:
    with pytest.raises(ValidationError, match="发现恶意代码"):
        attach(SchoolFactory(), "批文.pdf", PDF + PUZZLE, kind="EVIDENCE")

    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_silent_scanner_lets_nothing_in(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        settings.CLAMD = f"127.0.0.1:{door.getsockname()[1]}"
    with pytest.raises(ValidationError, match="扫描服务没有响应"):
        attach(SchoolFactory(), "批文.pdf", PDF, kind="EVIDENCE")

    assert not Attachment.objects.exists()
