"""A fake identity provider whose answers a test sets, for answers that a real one never gives."""

import base64
import contextlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

KEY = RSAKey.generate_key(2048, parameters={"kid": "first"})
NEXT_KEY = RSAKey.generate_key(2048, parameters={"kid": "second"})
CURVE_KEY = ECKey.generate_key("P-256", parameters={"kid": "curve"})


def _encoded(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class LyingProvider:
    """`answers` replaces (status, headers, body) of a path; `requested`: the paths of all requests; `forms`: the token requests."""

    def __init__(self):
        self.answers, self.requested, self.forms, self.keys = {}, [], [], [KEY]
        self.token, self.description = "", {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.02))
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def claims(self, given_nonce, /, **other):
        now = int(time.time())
        payload = {
            "iss": self.issuer,
            "aud": "us",
            "sub": "s-1",
            "nonce": given_nonce,
            "iat": now,
            "exp": now + 60,
            **other,
        }
        return {name: value for name, value in payload.items() if value is not None}

    def sign(self, claims, key=KEY, alg="RS256", **header):
        headers = {"alg": alg, "kid": key.kid, **header}
        self.token = jwt.encode(
            {name: value for name, value in headers.items() if value}, claims, key, algorithms=[alg]
        )

    def sign_with_words(self, claims, secret, alg):
        """Sign by hand, in a way that libraries no longer support and forgers use."""
        head = _encoded(json.dumps({"alg": alg, "kid": "first"}).encode())
        body = f"{head}.{_encoded(json.dumps(claims).encode())}"
        seal = hmac.digest(secret, body.encode(), "sha256") if alg == "HS256" else b""
        self.token = f"{body}.{_encoded(seal)}"

    def answer(self, path):
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            metadata = {
                name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            }
            return 200, {}, json.dumps({"issuer": self.issuer, **metadata, **self.description}).encode()
        if path == "/jwks_uri":
            return 200, {}, json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()
        return 200, {}, json.dumps({"access_token": "a", "token_type": "Bearer", "id_token": self.token}).encode()

    def _handler(provider):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.requested.append(self.path)
                status, headers, body = provider.answer(self.path)
                self.send_response(status)
                for name, value in {"content-type": "application/json", "content-length": len(body), **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                with contextlib.suppress(OSError):  # the reader had enough
                    self.wfile.write(body)

            def do_POST(self):
                sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                provider.forms.append((dict(self.headers), {name: value[0] for name, value in sent.items()}))
                self.do_GET()

            def log_message(self, *_args):
                pass

        return Handler
