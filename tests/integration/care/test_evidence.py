"""Evidence: kept encrypted, given back as it came."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

from shared.contracts import care
from tests.integration.care.chain import PDF, Chain
from tests.integration.care.told import of_type


async def test_evidence_comes_back_as_it_went(chain: Chain, tmp_path: Path) -> None:
    """Encrypted on the disk, the same file for those who may, hash and size in the event."""
    path = await chain.draft(50_000)
    answers = [await chain.attach(path), await chain.attach(path)]
    assert all(answer.is_success for answer in answers)
    await chain.city.settle()
    sha256 = hashlib.sha256(PDF).hexdigest()
    attached = await of_type(chain.city, care.EvidenceAttached)
    assert [(one.sha256, one.size, one.media_type) for one in attached] == [
        (sha256, len(PDF), "application/pdf")
    ]
    stored = tmp_path / str(chain.case.cadre) / sha256
    assert b"%PDF" not in stored.read_bytes()
    back = await chain.secretary.get(f"{path}/evidence/{sha256}")
    assert (back.content, back.headers["content-type"]) == (PDF, "application/pdf")
    assert (await chain.case.worker.get(f"{path}/evidence/{sha256}")).status_code == 403


async def test_tampered_evidence_is_detected(chain: Chain, tmp_path: Path) -> None:
    """One bit on the disk, or the file gone: refused, never given out."""
    path = await chain.draft(50_000)
    await chain.attach(path)
    await chain.city.settle()
    sha256 = hashlib.sha256(PDF).hexdigest()
    stored = tmp_path / str(chain.case.cadre) / sha256
    content = bytearray(stored.read_bytes())
    content[100] ^= 1
    stored.write_bytes(content)
    answer = await chain.secretary.get(f"{path}/evidence/{sha256}")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:jiujin:problem:EvidenceDamaged")
    stored.unlink()
    assert (await chain.secretary.get(f"{path}/evidence/{sha256}")).status_code == 409


async def test_only_files_of_a_known_kind_and_size_are_taken(chain: Chain) -> None:
    """By their first bytes, whatever they are said to be; nothing above 5 MB, nothing empty."""
    path = await chain.draft(50_000)
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)
    refused = [
        await chain.attach(path, b"MZ" + bytes(100)),
        await chain.attach(path, png, "application/pdf"),
        await chain.attach(path, PDF + bytes(5 * 1024 * 1024)),
        await chain.attach(path, b""),
    ]
    assert [answer.status_code for answer in refused] == [422] * 4
    assert (await chain.attach(path, png, "image/png")).is_success


async def test_a_form_brings_its_file_and_label(chain: Chain) -> None:
    """As a browser sends it; a label that is too long is refused."""
    path = await chain.draft(50_000)

    async def send(label: str) -> Any:
        return await chain.case.worker.post(
            f"{path}/evidence",
            files={"file": ("a.pdf", PDF, "application/pdf")},
            data={"label": label},
            headers={"Idempotency-Key": str(uuid4())},
        )

    assert (await send("长" * 121)).status_code == 422
    assert (await send("收入证明")).is_success
    await chain.city.settle()
    assert [one.label for one in await of_type(chain.city, care.EvidenceAttached)] == ["收入证明"]
