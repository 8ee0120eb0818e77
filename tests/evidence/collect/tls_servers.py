"""TLS and HTTP servers on this machine, with certificates made for them."""

import socket
import ssl
import threading
import warnings
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
RSA_2048 = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_256 = ec.generate_private_key(ec.SECP256R1())


def certificate(folder, *names, key=EC_256, days=90, since=NOW - timedelta(days=1), hash_=None):
    """A self-signed certificate for names and IP addresses, with its key, in one file."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hash_ or hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{names[0]}-{days}-{type(key).__name__}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def _general_name(name):
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_context(*paths, oldest=ssl.TLSVersion.TLSv1_2, newest=ssl.TLSVersion.TLSv1_3, ciphers="DEFAULT"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for path in paths:
        context.load_cert_chain(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = oldest, newest
    context.set_ciphers(ciphers)
    return context


class Server:
    """Answers every connection with bytes, over TLS if it has a context, until it is closed.

    `answers`: by path; a function of the request's first line is called.
    """

    def __init__(self, context=None, answers=None, most=None):
        self.context, self.answers, self.most = context, answers or {}, most
        self.requests, self.connections = [], 0
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                visitor, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            with visitor:
                if self.most is not None and self.connections > self.most:
                    continue
                visitor.settimeout(5)
                with suppress(OSError):
                    self.answer(visitor)

    def answer(self, visitor):
        connection = self.context.wrap_socket(visitor, server_side=True) if self.context else visitor
        with connection:
            request = connection.recv(4096).decode("latin-1")
            if not request:
                return
            self.requests.append(request)
            path = (*request.split(" "), "", "")[1]
            connection.sendall(self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


def http_answer(status, body=b"", *headers, kind="text/html; charset=utf-8"):
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
