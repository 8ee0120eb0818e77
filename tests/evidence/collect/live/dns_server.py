"""A DNS server on this machine that answers from a table."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


class DnsServer:
    """Answers over UDP. `records`: (name, kind) → texts of records; `signed`: names whose answers carry AD.

    A name without any record does not exist. `broken`: names for which the server fails. `queries`: name and kind.
    """

    def __init__(self, records, signed=(), broken=()):
        self.records, self.signed, self.broken, self.queries = records, set(signed), set(broken), []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    @property
    def resolver(self):
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.socket.getsockname()[1]
        return resolver

    def serve(self):
        while True:
            content, visitor = self.socket.recvfrom(4096)
            if not content:
                return
            query = dns.message.from_wire(content)
            self.socket.sendto(self.answer(query).to_wire(), visitor)

    def answer(self, query):
        response = dns.message.make_response(query)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.queries.append((name, kind))
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.records.get((name, kind)):
            response.answer = [dns.rrset.from_text_list(question.name, 60, "IN", kind, records)]
            response.flags |= dns.flags.AD if name in self.signed else 0
        elif not any(known == name for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
