"""Network access: no clear text on a network, TLS by the product itself, or a declared proxy."""

import socket
import ssl
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlmodel import SQLModel

from models.transaction import make_engine
from tests.days import CALENDAR
from tests.people import PASSWORD, officer
from tests.process import python, refused, running


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The paths of a certificate for the local machine and its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]), datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "c.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "k.pem").write_bytes(key.private_bytes(*plain))
    return folder / "c.pem", folder / "k.pem"


def anna_in(data):
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    officer(engine)
    return engine


def enter(client, **headers):
    return client.post("/sign-in", data={"email": "anna@example.org", "password": PASSWORD}, headers=headers)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104 - refused
def test_network_address_without_tls_is_refused(data, host):
    output = refused(data, HOST=host)
    assert f"does not listen on {host} without TLS" in output
    for way in ("AANTOONBAAR_CERTIFICATE", "AANTOONBAAR_KEY", "AANTOONBAAR_PROXIES", "127.0.0.1"):
        assert way in output
    assert not list(data.iterdir())


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"PORT": "many"}, "AANTOONBAAR_PORT"),
        ({"PORT": "70000"}, "AANTOONBAAR_PORT"),
        ({"MAX_UPLOAD_MB": "0"}, "AANTOONBAAR_MAX_UPLOAD_MB"),
        ({"PROXIES": "10.0.0.1"}, "proxies"),
        ({"PROXIES": '["proxy"]'}, "AANTOONBAAR_PROXIES"),
        ({"PROXIES": '["*"]'}, "AANTOONBAAR_PROXIES"),
        ({"PROXIES": '["0.0.0.0/0"]'}, "all addresses"),
        ({"CERTIFICATE": "nowhere.pem"}, "AANTOONBAAR_KEY belong together"),
        ({"KEY": "nowhere.pem"}, "AANTOONBAAR_KEY belong together"),
        ({"CERTIFICATE": "nowhere.pem", "KEY": "nowhere.pem"}, "No such file"),
        ({"CERTIFICATE": "app.py", "KEY": "app.py"}, "TLS cannot be served with app.py"),
        ({"DATABASE": "postgresql+psycopg://nobody@127.0.0.1:1/none"}, "AANTOONBAAR_DATABASE"),
        ({"DATABASE": "sqlite:////proc/none/x.db"}, "AANTOONBAAR_DATABASE"),
        ({"DATABASE": "nonsense"}, "AANTOONBAAR_DATABASE"),
        ({"DATABASE": "mysql://x"}, "AANTOONBAAR_DATABASE"),
    ],
)
def test_wrong_settings_are_reported_with_what_to_do(data, environment, expected):
    output = refused(data, **environment)
    assert expected in output
    assert "Traceback" not in output
    assert "does not start" in output


def test_data_folder_that_is_a_file_is_reported(tmp_path):
    (tmp_path / "file").write_text("x")
    output = refused(tmp_path / "file", python)
    assert "AANTOONBAAR_DATA must be a folder" in output
    assert "Traceback" not in output


def test_certificate_with_another_key_is_reported(data, certificate, tmp_path):
    other = ec.generate_private_key(ec.SECP256R1())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "other.pem").write_bytes(other.private_bytes(*plain))
    output = refused(data, CERTIFICATE=str(certificate[0]), KEY=str(tmp_path / "other.pem"))
    assert "TLS cannot be served" in output
    assert "Traceback" not in output


# ── What is served ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_product_serves_tls_itself(data, certificate):
    own = {"CERTIFICATE": str(certificate[0]), "KEY": str(certificate[1]), "HOST": "0.0.0.0"}  # noqa: S104 - with TLS
    with running(data, "https", python, **own) as address:
        engine = anna_in(data)
        trusted = ssl.create_default_context(cafile=certificate[0])
        with httpx.Client(base_url=address, verify=trusted) as client:
            done = enter(client, origin=address)
            cookie = done.headers["set-cookie"]
            assert cookie.startswith("__Host-aantoonbaar=")
            assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"))
            assert "Domain" not in cookie
            assert client.get("/").headers["strict-transport-security"].startswith("max-age=")
            assert enter(client, origin=address.replace("https", "http")).status_code == 403
        with httpx.Client() as plain, pytest.raises(httpx.TransportError):
            plain.get(address.replace("https", "http"))
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            assert not speaks(address, version)
        assert speaks(address, ssl.TLSVersion.TLSv1_2)
        engine.dispose()


def speaks(address, version):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = version
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as plain:
        try:
            with old.wrap_socket(plain):
                return True
        except (ssl.SSLError, ConnectionError):
            return False


def test_declared_proxy_is_trusted(data):
    # the test is the proxy: it calls from 127.0.0.1, which is declared
    with running(data, HOST="127.0.0.1", PROXIES='["127.0.0.1"]', NAMES='["aantoonbaar.example"]') as address:
        engine = anna_in(data)
        over_tls = {
            "x-forwarded-proto": "https",
            "x-forwarded-for": "198.51.100.7, 203.0.113.9",
            "host": "aantoonbaar.example",
        }
        with httpx.Client(base_url=address) as proxy:
            plain = enter(proxy, host="aantoonbaar.example", **{"x-forwarded-proto": "http"})
            assert plain.status_code == 403
            assert enter(proxy).status_code == 403
            done = enter(proxy, origin="https://aantoonbaar.example", **over_tls)
            assert done.status_code == 303
            assert done.headers["set-cookie"].startswith("__Host-aantoonbaar=")
            assert "Secure" in done.headers["set-cookie"]
            assert "strict-transport-security" in done.headers
        assert addresses_tried(engine) == ["203.0.113.9"]  # what the proxy saw, not what its client said
        engine.dispose()


@pytest.mark.parametrize("environment", [{}, {"PROXIES": '["192.0.2.1"]'}])
def test_undeclared_proxy_is_not_trusted(data, environment):
    with running(data, **environment) as address:
        engine = anna_in(data)
        claims = {
            "x-forwarded-proto": "https",
            "x-forwarded-for": "203.0.113.9",
            "forwarded": "for=203.0.113.9;proto=https",
        }
        with httpx.Client(base_url=address) as client:
            answer = enter(client, **claims)
        if environment:
            assert answer.status_code == 403
            assert addresses_tried(engine) == []
        else:
            assert "Secure" not in answer.headers["set-cookie"]
            assert addresses_tried(engine) == ["127.0.0.1"]
        engine.dispose()


def addresses_tried(engine):
    with engine.connect() as connection:
        return list(connection.execute(select(SQLModel.metadata.tables["login_attempt"].c.address)).scalars())
