# Rents relays of a running server, for packaging/bench.sh: by REST, as customers and staff do.
#   open BASE TOKEN                         an embedded server and a plan; prints the plan's id
#   redeem BASE TOKEN PLAN PEOPLE COUNT     serials, each from the request until its relay answers; prints p50 and p95 in ms
#   rent BASE TOKEN PLAN KEYS               a rental whose devices are the keys of a file; prints its id and its relay's port
#   fill BASE TOKEN PLAN PEOPLE SLOTS       rentals up to so many relays; prints all ports when they answer
#   engines BASE TOKEN FOLDER COUNT SLOTS   servers on the simulated engines of a folder, with room for so many relays, and a plan; prints the plan's id
#   place BASE TOKEN PLAN PEOPLE SLOTS      rentals up to so many relays, which answer nobody
#   linked SECONDS-BEFORE FOLDER SLOTS      waits until so many containers have dialled in; prints seconds since then
#   ready SECONDS-BEFORE PORTS              waits until all ports of a file answer; prints seconds since then
import json, socket, ssl, sys, time, urllib.request

def call(method, path, body=None, token=None):
    request = urllib.request.Request(base + path, None if body is None else json.dumps(body).encode(), {'Authorization': 'Bearer ' + (token or staff), 'Content-Type': 'application/json'}, method=method)
    try:
        with urllib.request.urlopen(request) as answer: return json.load(answer)
    except urllib.error.HTTPError as e:
        sys.exit(f'{method} {path}: {e.code} {e.read().decode()[:500]}')

def sign_in(n):
    return 'ghu_' + call('POST', '/api/user/login', {'login': f'person{n}@example.com', 'password': 'bench-password-1'})['access_token'].removeprefix('ghu_')

anybody = ssl.create_default_context()
anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE

def answers(port, tls):
    try:
        with socket.create_connection(('127.0.0.1', port), 5) as plain:
            if tls: anybody.wrap_socket(plain, server_hostname='localhost').close()
            return True
    except OSError: return False

def until(port, tls=False):
    while not answers(port, tls): time.sleep(0.002)

what, arguments = sys.argv[1], sys.argv[2:]
if what == 'ready':
    begun, ports = float(arguments[0]), [int(p) for p in open(arguments[1]).read().split()]
    for port in ports: until(port)
    print(f'{time.time() - begun:.2f}')
    sys.exit()
if what == 'linked':
    while open(arguments[1] + '/state').read().split() != [arguments[2]] * 2: time.sleep(0.1)
    print(f'{time.time() - float(arguments[0]):.1f}')
    sys.exit()
base, staff = arguments[:2]
if what == 'open':
    call('POST', '/api/add_server', {'kind': 'embedded', 'name': 'bench', 'address': '127.0.0.1', 'region_code': 'home', 'port_from': 20000, 'port_to': 21999})
    print(call('POST', '/api/plans', {'name': 'Relays', 'kind': 'relay', 'servers_per_rental': 1, 'device_limit': 100, 'duration_seconds': 30 * 86400, 'price': 2500, 'currency': 'CNY', 'prefix': 'RELAY'})['plan']['id'])
    sys.exit()
if what == 'engines':
    folder, count, slots = arguments[2], int(arguments[3]), int(arguments[4])
    for n in range(count):
        each = slots // count + (n < slots % count)
        call('POST', '/api/add_server', {'kind': 'docker', 'name': f'engine-{n + 1}', 'address': '127.0.0.1', 'region_code': f'r{n + 1}', 'port_from': 20000 + 100 * n, 'port_to': 20000 + 100 * n + each - 1, 'docker': {'url': f'unix://{folder}/{n + 1}.sock'}, 'link_url': base})
    print(call('POST', '/api/plans', {'name': 'Relays', 'kind': 'relay', 'servers_per_rental': 1, 'duration_seconds': 30 * 86400, 'price': 2500, 'currency': 'CNY', 'prefix': 'RELAY'})['plan']['id'])
    sys.exit()
plan = arguments[2]
if what == 'redeem':
    people, count = int(arguments[3]), int(arguments[4])
    tokens = [sign_in(n + 1) for n in range(people)]
    serials = call('POST', '/api/finance/generate_serial', {'plan': 'Relays', 'count': count + people})['serials']
    took = []
    for n, serial in enumerate(serials):
        token, begun = tokens[n % people], time.perf_counter()
        rental = call('POST', '/api/user/activate', {'serial': serial, 'name': f'Rental {n}'}, token)['rental']
        regions = call('POST', '/api/acl/generate', {'rental': rental['id'], 'machines': 1}, token)['acl']['regions']
        until(regions[0]['derp_port'], True)
        # The first of each are the warming up.
        if n >= people: took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    print(f'{took[len(took) // 2]:.0f} {took[min(len(took) - 1, len(took) * 95 // 100)]:.0f}')
elif what == 'rent':
    token = sign_in(1)
    serial = call('POST', '/api/finance/generate_serial', {'plan': 'Relays', 'count': 1})['serials'][0]
    rental = call('POST', '/api/user/activate', {'serial': serial, 'name': 'Loaded'}, token)['rental']
    for key in open(arguments[3]).read().split(): call('POST', '/api/user/devices', {'node_key': key, 'rental': rental['id']}, token)
    call('POST', '/api/acl/generate', {'rental': rental['id'], 'machines': 1}, token)
    until(rental['slots'][0]['derp_port'], True)
    print(rental['id'], rental['slots'][0]['derp_port'], call('POST', '/api/acl/link', {'rental': rental['id']}, token)['link'])
elif what in ('fill', 'place'):
    people, wanted = int(arguments[3]), int(arguments[4])
    accounts = [call('GET', f'/api/users/person{n + 1}')['user']['id'] for n in range(people)]
    ports, after = [], ''
    def known():
        found, after = [], ''
        while True:
            page = call('GET', f'/api/rentals?limit=500&after={after}')
            found += [slot['derp_port'] for item in page['items'] for slot in item['rental']['slots']]
            if not page['next']: return found
            after = page['next']
    there = len(known())
    for n in range(there, wanted): call('POST', '/api/rentals', {'account': accounts[n % people], 'plan': plan, 'name': f'Rental {n}'})
    ports = known()
    if what == 'place': sys.exit()
    for port in ports: until(port)
    print(*ports)
