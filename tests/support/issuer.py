"""An OpenID Connect issuer on loopback: it answers as the specifications say, or lies."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "shardgate-web", "s3cr3t of the client"


@dataclass
class StandIn:
    """What the issuer says, and what it was asked; tests change the former."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    """Said of whoever logs in; `None` leaves a claim out."""
    signing: RSAKey | None = None
    """Key that ID tokens are signed with instead of the published one."""
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def reset(self, **claims: Any) -> None:
        """Let it tell the truth again, of one person."""
        self.claims, self.signing, self.metadata = claims, None, {}

    def discovery(self) -> dict[str, Any]:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return found | self.metadata

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": "8f2",
            "iat": now,
            "exp": now + 60,
            "nonce": asked.get("nonce", ""),
        }
        said = {k: v for k, v in (claims | self.claims).items() if v is not None}
        return jwt.encode({"alg": "RS256", "kid": "k1"}, said, self.signing or self.key)

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return tokens for a code, once, if everything fits."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if (
            asked is None
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
            or authorization != f"Basic {client}"
        ):
            self.refused.append(form.get("code", ""))
            return None
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(asked)}


@contextmanager
def running_issuer() -> Iterator[StandIn]:
    """Serve an issuer until the end of the block."""
    issuer = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._send(issuer.discovery())
            elif parts.path == "/keys":
                self._send(KeySet([issuer.key]).as_dict(private=False))
            elif parts.path == "/authorize" and asked["client_id"] == CLIENT_ID:
                code = f"code{len(issuer.codes)}-{time.monotonic_ns()}"
                issuer.codes[code] = asked
                query = urlencode({"code": code, "state": asked["state"], "iss": issuer.url})
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{query}")
                self.end_headers()
            else:
                self._send({"error": "not_found"}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {k: v[0] for k, v in parse_qs(body).items()}
            tokens = issuer.exchange(form, self.headers.get("Authorization", ""))
            self._send(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def log_message(self, *_: object) -> None:
            pass

        def _send(self, answer: object, status: int = 200) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
