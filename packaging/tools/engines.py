# Docker engines that run nothing, for packaging/bench.sh: one process, one socket each, and of every container that is started the
# link by which a real one dials in and tells its counters. A container on trial is a real relays' host of the binary.
#   engines.py FOLDER COUNT BINARY    sockets FOLDER/1.sock ...; FOLDER/state says "STARTED LINKED", four times a second
# SIGUSR1: all engines are as new.
import asyncio, base64, io, json, os, re, shutil, signal, subprocess, sys, tarfile, time, urllib.parse

folder, count, binary = sys.argv[1], int(sys.argv[2]), sys.argv[3]
loaded = {}       # by the length of an image: its tag and its layer
engines, linked = [], set()
VERSION = {'Version': '27.5.1', 'ApiVersion': '1.47', 'MinAPIVersion': '1.24', 'Arch': {'x86_64': 'amd64', 'aarch64': 'arm64'}[os.uname().machine], 'Os': 'linux'}
INFO = {'ServerVersion': '27.5.1', 'NCPU': 2, 'MemTotal': 1 << 32, 'MemoryLimit': True, 'PidsLimit': True}

class Container:
    def __init__(self, engine, id, name, body):
        self.engine, self.id, self.name, self.state, self.files, self.end = engine, id, name, 'created', {}, None
        self.image, self.labels = body['Image'], body['Labels']
        self.volume = next(m['Source'] for m in body['HostConfig']['Mounts'] if m['Type'] == 'volume')

    def start(self):
        self.state = 'running'
        if 'trial' in self.name:
            place = f'{folder}/{self.name}'
            os.mkdir(place, 0o700)
            with open(f'{place}/relays.json', 'wb') as out: out.write(self.files['relays.json'])
            process = subprocess.Popen([binary, 'relay-host', '--data', place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            def end():
                process.kill()
                process.wait()
                shutil.rmtree(place)
            self.end = end
        else:
            task = asyncio.ensure_future(link(self))
            self.end = task.cancel

    def stop(self):
        self.state = 'exited'
        if self.end: self.end()
        self.end = None
        linked.discard(self.name)

class Engine:
    def __init__(self): self.forget()
    def forget(self):
        for c in list(getattr(self, 'containers', {}).values()): c.stop()
        self.containers, self.volumes, self.images, self.next = {}, {}, {}, 0

    def find(self, id): return self.containers.get(id) or next((c for c in self.containers.values() if c.name == id), None)

    def answer(self, method, path, query, body):
        parts = [urllib.parse.unquote(p) for p in path.split('/') if p]
        if parts and re.fullmatch(r'v1\.\d+', parts[0]): parts = parts[1:]
        labels = json.loads(query['filters'][0]).get('label', {}) if 'filters' in query else {}
        label = dict(l.split('=', 1) if '=' in l else (l, None) for l in labels)
        mine = lambda of: all(k in of and v in (None, of[k]) for k, v in label.items())
        match method, parts:
            case 'GET', ['version']: return 200, VERSION
            case 'GET', ['info']: return 200, INFO
            case 'GET', ['system', 'df']: return 200, {'LayersSize': 0, 'Containers': [], 'Volumes': []}
            case 'GET', ['images', 'json']: return 200, [{'Id': t, 'RepoTags': [t]} for t in self.images]
            case 'GET', ['images', *name, 'json']:
                layer = self.images.get('/'.join(name))
                return (200, {'Id': layer, 'RootFS': {'Layers': [layer]}, 'Config': {'Labels': {'gatehouse.content': layer}}}) if layer else (404, {'message': 'No such image: ' + '/'.join(name)})
            case 'GET', ['volumes']: return 200, {'Volumes': [{'Name': n, 'Labels': l} for n, l in self.volumes.items() if mine(l)]}
            case 'GET', ['volumes', name] if name in self.volumes: return 200, {'Name': name, 'Labels': self.volumes[name]}
            case 'DELETE', ['volumes', name] if name in self.volumes:
                del self.volumes[name]
                return 204, None
            case 'GET', ['containers', 'json']: return 200, [{'Id': c.id, 'Names': ['/' + c.name], 'State': c.state, 'Labels': c.labels} for c in self.containers.values() if mine(c.labels)]
            case 'POST', ['containers', 'create']:
                name, body = query['name'][0], json.loads(body)
                if self.find(name): return 409, {'message': f'Conflict. The container name "/{name}" is already in use'}
                if body['Image'] not in self.images: return 404, {'message': 'No such image: ' + body['Image']}
                self.next += 1
                made = Container(self, f'c{self.next}', name, body)
                self.containers[made.id] = made
                self.volumes.setdefault(made.volume, {k: v for m in body['HostConfig']['Mounts'] if m['Type'] == 'volume' for k, v in m['VolumeOptions']['Labels'].items()})
                return 201, {'Id': made.id, 'Warnings': []}
            case _, ['containers', id, *what] if c := self.find(id):
                match method, what:
                    case 'GET', ['json']: return 200, {'Id': c.id, 'Name': '/' + c.name, 'RestartCount': 0, 'State': {'Status': c.state}, 'Config': {'Labels': c.labels}}
                    case 'PUT', ['archive']:
                        with tarfile.open(fileobj=io.BytesIO(body)) as tar: c.files.update({m.name: tar.extractfile(m).read() for m in tar})
                        return 200, None
                    case 'POST', ['start']:
                        if c.state == 'running': return 304, None
                        c.start()
                        return 204, None
                    case 'POST', ['stop']:
                        c.stop()
                        return 204, None
                    case 'POST', ['restart']:
                        c.stop()
                        c.start()
                        return 204, None
                    case 'GET', ['logs']: return 200, None
                    case 'DELETE', []:
                        c.stop()
                        del self.containers[c.id]
                        return 204, None
        return 404, {'message': 'No such thing'}

# An image: what is in it is looked at once.
async def load(engine, pieces):
    path, length = f'{folder}/image-{time.monotonic_ns()}', 0
    with open(path, 'wb') as out:
        async for piece in pieces:
            out.write(piece)
            length += len(piece)
    if length not in loaded:
        with tarfile.open(path) as tar:
            manifest = json.load(tar.extractfile('manifest.json'))[0]
            loaded[length] = manifest['RepoTags'][0], json.load(tar.extractfile(manifest['Config']))['rootfs']['diff_ids'][0]
    os.remove(path)
    tag, layer = loaded[length]
    engine.images[tag] = layer
    return 200, {'stream': f'Loaded image: {tag}\n'}

async def pieces(reader, headers):
    if headers.get('transfer-encoding') == 'chunked':
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return
    left = int(headers.get('content-length', 0))
    while left:
        piece = await reader.read(min(left, 1 << 18))
        if not piece: return
        left -= len(piece)
        yield piece

async def serve(engine, reader, writer):
    try:
        while line := await reader.readline():
            method, target, _ = line.decode().split(' ')
            headers = {}
            while (line := await reader.readline()) != b'\r\n': headers[line.split(b':')[0].decode().lower()] = line.split(b':', 1)[1].strip().decode()
            if headers.get('expect'): writer.write(b'HTTP/1.1 100 Continue\r\n\r\n')
            url = urllib.parse.urlsplit(target)
            if url.path.endswith('/images/load'): status, said = await load(engine, pieces(reader, headers))
            else: status, said = engine.answer(method, url.path, urllib.parse.parse_qs(url.query), b''.join([p async for p in pieces(reader, headers)]))
            body = b'' if said is None else json.dumps(said).encode()
            length = '' if status in (204, 304) else f'Content-Length: {len(body)}\r\nContent-Type: application/json\r\n'
            writer.write(f'HTTP/1.1 {status} X\r\n{length}\r\n'.encode() + body)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError): pass
    finally: writer.close()

# As a relays' host: it takes its orders, and tells how its relay does and what it has counted.
async def link(container):
    join = json.loads(container.files['relays.json'])['Join']
    url = urllib.parse.urlsplit(join['u'])
    while True:
        try:
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            try: await talk(container, join['k'], reader, writer)
            finally: writer.close()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError): pass
        linked.discard(container.name)
        await asyncio.sleep(1)

async def talk(container, secret, reader, writer):
    writer.write(f'GET /relay/link HTTP/1.1\r\nHost: appliance\r\nAuthorization: Bearer {secret}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n'.encode())
    if b' 101 ' not in await reader.readuntil(b'\r\n\r\n'): raise ValueError('not let in')
    begun, relays, seq, mark, sample, version = time.time(), {}, 0, 0, 0, 'bench'
    def say(readings=None):
        nonlocal version
        text = json.dumps({'seq': seq, 'now': int(time.time() * 1000), 'version': version, 'relays': [{'id': r['id'], 'port': r['port'], 'version': r['version'], 'lets': r['lets'], 'used': False, 'error': None, 'stranger': False} for r in relays.values()], 'readings': readings or [], 'mark': mark}).encode()
        version = None
        # Masked with zeros.
        writer.write(b'\x81' + (bytes([0x80 | len(text)]) if len(text) < 126 else b'\xfe' + len(text).to_bytes(2, 'big')) + bytes(4) + text)
    say()
    said = sampled = time.monotonic()
    hears = asyncio.ensure_future(frame(reader))
    try:
        while True:
            wait = min(said + 10, sampled + sample if sample else said + 10) - time.monotonic()
            await asyncio.wait([hears], timeout=max(0, wait))
            if hears.done():
                if (text := hears.result()) is None: return
                hears = asyncio.ensure_future(frame(reader))
                if not text: continue
                orders = json.loads(text)
                before = seq, {k: (r['port'], r['version'], r['lets']) for k, r in relays.items()}
                seq, sample = orders['seq'], orders['sample_seconds']
                for relay in orders['relays']: relays[relay['id']] = relay
                if orders.get('keep') is not None: relays = {k: r for k, r in relays.items() if k in orders['keep']}
                if relays: linked.add(container.name)
                if before[1] == {k: (r['port'], r['version'], r['lets']) for k, r in relays.items()}: continue
                say()
            elif sample and time.monotonic() >= sampled + sample:
                sampled, mark, done = time.monotonic(), mark + 1, int((time.time() - begun) * 10000)
                say([{'slot_id': r['slot_id'], 'epoch': f'{begun}', 'age': int((time.time() - begun) * 1000), 'total': {'counts': [done, done, done // 1000, done // 1000]}, 'devices': {}} for r in relays.values()])
            else: say()
            said = time.monotonic()
            await writer.drain()
    finally: hears.cancel()

# The next message of the appliance; empty: none for us, null: the end.
async def frame(reader):
    text = b''
    while True:
        head = await reader.readexactly(2)
        size = head[1] & 127
        if size > 125: size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), 'big')
        part = await reader.readexactly(size)
        if head[0] & 15 == 8: return None
        if head[0] & 15 > 8: return b''
        text += part
        if head[0] & 128: return text

async def main():
    for n in range(count):
        engines.append(Engine())
        await asyncio.start_unix_server(lambda r, w, e=engines[-1]: serve(e, r, w), f'{folder}/{n + 1}.sock', limit=1 << 20)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: [e.forget() for e in engines])
    while True:
        with open(f'{folder}/state.new', 'w') as out: out.write(f'{sum(c.state == "running" for e in engines for c in e.containers.values())} {len(linked)}\n')
        os.replace(f'{folder}/state.new', f'{folder}/state')
        await asyncio.sleep(0.25)

signal.signal(signal.SIGTERM, lambda *_: sys.exit())
try: asyncio.run(main())
finally:
    for e in engines: e.forget()
