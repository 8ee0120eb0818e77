"""A device with passkeys, in software: ES256 keys, attestation "none", as WebAuthn level 2 describes (6.1, 6.5)."""

import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes as raw
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """Makes one key and answers with it. Each attribute is one that a faulty device or page might change."""

    def __init__(self, origin="https://aantoonbaar.example", rp_id="aantoonbaar.example"):
        self.origin, self.rp_id, self.count = origin, rp_id, 0
        self.flags, self.cross_origin, self.steps = PRESENT | VERIFIED, False, 1
        self.key, self.credential = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)
        self.account = ""

    def create(self, options):
        """The answer to `navigator.credentials.create`."""
        options_read = json.loads(options)
        self.account = options_read["user"]["id"]
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        held = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + held}
        client = self._client("webauthn.create", options_read["challenge"])
        return self._json(clientDataJSON=b64(client), attestationObject=b64(cbor2.dumps(made)))

    def get(self, options):
        """The answer to `navigator.credentials.get`."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        self.count += self.steps
        data = self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        return self._json(**response, userHandle=self.account)

    def _data(self, flags):
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind, challenge):
        client_data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(client_data).encode()

    def _json(self, **response):
        identifier = b64(self.credential)
        return json.dumps({"id": identifier, "rawId": identifier, "type": "public-key", "response": response})


def changed(answer, name, change):
    """The answer with the bytes of one part of it changed."""
    read = json.loads(answer)
    read["response"][name] = b64(change(raw(read["response"][name])))
    return json.dumps(read)
