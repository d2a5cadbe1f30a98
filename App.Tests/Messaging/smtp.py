"""A mail server for the tests (aiosmtpd). Says its port, then each mail as a line of JSON; ends when its input does."""
import argparse, asyncio, base64, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

options = argparse.ArgumentParser()
options.add_argument("--port", type=int, default=0)
options.add_argument("--certificate")
options.add_argument("--key")
options.add_argument("--tls", action="store_true", help="from the first byte")
options.add_argument("--starttls", action="store_true", help="and nothing without it")
options.add_argument("--refuse", help="answer to each receiver")
options.add_argument("--delay", type=float, default=0, help="seconds before a mail is taken")
options.add_argument("--answer-after", type=float, default=0, help="seconds between a mail's being taken and the answer that says so")
options.add_argument("--user")
options.add_argument("--password")
args = options.parse_args()


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if args.refuse:
            return args.refuse
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(args.delay)
        print(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": server.transport.get_extra_info("sslcontext") is not None,
            "user": session.auth_data.decode() if session.authenticated else None, "content": base64.b64encode(envelope.content).decode(),
        }), flush=True)
        await asyncio.sleep(args.answer_after)
        return "250 2.0.0 queued as 4711"


def authenticate(server, session, envelope, mechanism, auth_data):
    good = auth_data.login.decode() == args.user and auth_data.password.decode() == args.password
    return AuthResult(success=good, handled=False, auth_data=auth_data.login)


async def serve():
    context = None
    if args.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.certificate, args.key)
    loop = asyncio.get_running_loop()

    def conversation():
        return SMTP(Mailbox(), hostname="mx.test", tls_context=context if args.starttls else None, require_starttls=args.starttls,
                    authenticator=authenticate, auth_required=args.user is not None, auth_require_tls=False, loop=loop)

    server = await loop.create_server(conversation, "127.0.0.1", args.port, ssl=context if args.tls else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())
