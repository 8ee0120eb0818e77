"""TLS of the own address: servers on this machine, correct ones and each kind of incorrect one."""

import socket
import ssl
import threading
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from evidence.collect.collector_cases import CouldNotLook, NothingToShow
from evidence.collect.collector_context import CollectorContext
from evidence.collect.connections import client_hello
from evidence.collect.connections.endpoint import Endpoint
from evidence.collect.own_checks import own_tls

NOW = datetime.now(UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(folder, name="localhost", days=90, since=NOW - timedelta(days=1)):
    """A self-signed certificate with its key, in one file."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(KEY, hashes.SHA256())
    )
    key = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}-{days}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key)
    return path


class Server:
    """Accepts TLS connections until it is closed."""

    def __init__(self, context):
        self.context = context
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                visitor, _ = self.listening.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(5)
                try:
                    if self.context:
                        self.context.wrap_socket(visitor, server_side=True).close()
                    else:
                        visitor.recv(1000)
                        visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                except OSError:
                    pass

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


@pytest.fixture
def serve():
    servers = []

    def started(path, *, old=False, only=None):
        context = None
        if path:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if old:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                    context.minimum_version = ssl.TLSVersion.TLSv1
                context.set_ciphers("DEFAULT:@SECLEVEL=0")
            if only:
                context.minimum_version = context.maximum_version = only
        servers.append(Server(context))
        return servers[-1].port

    yield started
    for server in servers:
        server.close()


def failing(port, authorities, host="localhost"):
    context = CollectorContext(f"https://{host}:{port}", authorities, authorities=authorities)
    return [case.name for case in own_tls.cases(None, context, NOW) if case.failure]


def test_correct_address_passes(serve, tmp_path):
    path = certificate(tmp_path)
    assert failing(serve(path), path) == []


def test_fails_when_old_versions_are_accepted(serve, tmp_path):
    path = certificate(tmp_path)
    assert failing(serve(path, old=True), path) == ["TLS 1.0 is refused", "TLS 1.1 is refused"]


@pytest.mark.parametrize(
    ("only", "lacking"), [(ssl.TLSVersion.TLSv1_2, "TLS 1.3 is taken"), (ssl.TLSVersion.TLSv1_3, "TLS 1.2 is taken")]
)
def test_fails_when_a_new_version_is_refused(serve, tmp_path, only, lacking):
    path = certificate(tmp_path)
    assert failing(serve(path, only=only), path) == [lacking]


def test_fails_for_a_certificate_for_another_name(serve, tmp_path):
    path = certificate(tmp_path, "elsewhere.example.org")
    assert failing(serve(path), path) == ["certificate is for this name"]
    assert failing(serve(path), path, "127.0.0.1") == ["certificate is for this name"]


def test_fails_for_an_untrusted_certificate(serve, tmp_path):
    path, other = certificate(tmp_path), certificate(tmp_path, "other.example.org")
    assert failing(serve(path), other) == ["certificate is trusted"]


@pytest.mark.parametrize(("days", "expected"), [(13, ["certificate is valid"]), (15, [])])
def test_certificate_must_be_valid_for_14_more_days(serve, tmp_path, days, expected):
    path = certificate(tmp_path, days=days)
    assert failing(serve(path), path) == expected


def test_server_without_tls_gives_no_evidence(serve, tmp_path):
    with pytest.raises(CouldNotLook, match="could not be reached over TLS"):
        failing(serve(None), certificate(tmp_path))


def test_unreachable_server_gives_no_evidence(serve, tmp_path):
    port = serve(None)
    with pytest.raises(CouldNotLook):
        failing(port, tmp_path / "absent.pem")
    with pytest.raises(CouldNotLook):
        failing(1, certificate(tmp_path))


@pytest.mark.parametrize("address", ["http://127.0.0.1:8600", "http://localhost", ""])
def test_address_without_tls_gives_no_evidence(address, tmp_path):
    with pytest.raises(NothingToShow, match="without TLS"):
        list(own_tls.cases(None, CollectorContext(address, tmp_path), NOW))


def test_truncated_answer_or_alert_is_a_refusal():
    for answer, expected in (
        (b"\x15\x03\x01\x00\x02\x02\x46", False),
        (b"\x16\x03", False),
        (b"\x16\x03\x01\x00\x7a", True),
    ):
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def reply(answer=answer, listening=listening):
                visitor, _ = listening.accept()
                with visitor:
                    visitor.recv(1000)
                    visitor.sendall(answer)

            thread = threading.Thread(target=reply)
            thread.start()
            port = listening.getsockname()[1]
            assert client_hello.accepts(Endpoint("example.org", "127.0.0.1", port), 0x0301) is expected
            thread.join()
