"""bench-sign-ins.py PORT SIGNERS END: 200 people sign in at once, by connections that stay open, and again when all have their answers,
until there is a file END; prints how many got in each second. One process that does little, so that what is measured beside it has the
machine to itself."""
import os
import selectors
import socket
import sys
import time

port, signers, end = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def sign_in(n):
    body = b'{"login":"person%d@example.com","password":"bench-password-1"}' % (n % signers + 1)
    return b"POST /api/user/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


people = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
waiting = selectors.DefaultSelector()
begun, inside = time.monotonic(), 0
while not os.path.exists(end):
    for n, person in enumerate(people):
        person.sendall(sign_in(n))
        waiting.register(person, selectors.EVENT_READ)
    while waiting.get_map():
        for key, _ in waiting.select():
            waiting.unregister(key.fileobj)
            inside += key.fileobj.recv(65536)[9:12] == b"200"
print(f"{inside / (time.monotonic() - begun):.1f}")
