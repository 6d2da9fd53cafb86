"""Whom an SFTP source trusts, and how it logs in: nobody by default, and never by what lies in ~/.ssh."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from flows.receive.sftp import SftpRemote
from flows.sources import SftpAddress
from tests.servers.loopback import HOST
from tests.servers.openssh import Server, openssh
from warehouse.errors import Stop


def refusal(settings: SftpAddress) -> Stop:
    """Return why the server cannot be listed."""
    with SftpRemote(settings) as remote, pytest.raises(Stop) as stop:
        remote.list()
    return stop.value


def test_a_server_is_known_by_its_known_hosts_file_too(served: Server) -> None:
    with SftpRemote(served.address(known_hosts=served.known_hosts)) as remote:
        assert remote.list() == []


def test_an_unknown_key_is_refused_with_its_fingerprint_and_the_cure(served: Server, tmp_path: Path) -> None:
    nobody = tmp_path / "known_hosts"
    nobody.write_text("", encoding="utf-8")
    stop = refusal(served.address(known_hosts=nobody))
    assert (stop.rule, served.fingerprint in stop.en, served.fingerprint in stop.cure) == (
        "host_key_unknown",
        True,
        True,
    )


@pytest.mark.parametrize("way", ["host_key", "known_hosts"])
@pytest.mark.parametrize("algorithm", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_another_key_than_expected_is_refused_and_no_login_is_tried(
    served: Server, tmp_path: Path, way: str, algorithm: str
) -> None:
    other = asyncssh.generate_private_key(algorithm).convert_to_public()
    (tmp_path / "known").write_text(f"[{HOST}]:{served.port} {other.export_public_key().decode()}", encoding="utf-8")
    expected = {"host_key": (other.get_fingerprint(),), "known_hosts": tmp_path / "known"}
    before = (served.folder / "log").read_text().count("Accepted")
    stop = refusal(served.address(**{way: expected[way]}))
    assert (stop.rule, served.fingerprint in stop.en) == ("host_key_changed", True)
    assert (served.folder / "log").read_text().count("Accepted") == before


def test_a_server_whose_key_was_changed_is_refused_until_it_is_told() -> None:
    with openssh() as made:
        trusted = made.address(host_key=(made.fingerprint,))
        with made.running(), SftpRemote(trusted) as remote:
            assert remote.list() == []
        made.change_host_key()
        with made.running():
            assert refusal(trusted).rule == "host_key_changed"
            with SftpRemote(made.address()) as remote:
                assert remote.list() == []


def test_a_file_that_is_no_known_hosts_file_is_named(served: Server, tmp_path: Path) -> None:
    assert refusal(served.address(known_hosts=tmp_path / "absent")).rule == "known_hosts_unreadable"


def test_a_wrong_password_is_refused_and_not_repeated_in_the_refusal(
    served: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANTOR", "rahasia-sekali")
    stop = refusal(served.address(password={"env": "KANTOR"}))
    assert stop.rule == "login_refused"
    assert "rahasia" not in str(stop) + repr(stop)


def test_a_key_of_another_user_is_refused(served: Server, tmp_path: Path) -> None:
    key = tmp_path / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(key))
    key.chmod(0o600)
    assert refusal(served.address(key_file=key)).rule == "login_refused"


def test_a_key_file_that_others_may_read_is_refused(served: Server, tmp_path: Path) -> None:
    key = tmp_path / "open"
    key.write_bytes(served.key_file.read_bytes())
    key.chmod(0o640)
    assert refusal(served.address(key_file=key)).rule == "secret_open_to_others"


def test_a_key_file_opens_with_its_passphrase_only(
    served: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "locked"
    asyncssh.read_private_key(str(served.key_file)).write_private_key(str(key), "pkcs8-pem", "sandi")
    key.chmod(0o600)
    monkeypatch.setenv("SANDI", "sandi")
    with SftpRemote(served.address(key_file=key, passphrase={"env": "SANDI"})) as remote:
        assert remote.list() == []
    assert refusal(served.address(key_file=key)).rule == "key_file_unreadable"


def test_keys_of_the_account_and_its_agent_are_never_tried(
    served: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519").write_bytes(served.key_file.read_bytes())
    (tmp_path / ".ssh" / "config").write_text(f"IdentityFile {served.key_file}\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KANTOR", "salah")
    assert refusal(served.address(password={"env": "KANTOR"})).rule == "login_refused"
