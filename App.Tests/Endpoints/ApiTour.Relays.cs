using Gatehouse.Tests.Relays.AclDesk;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

internal sealed partial class ApiTour
{
    // A customer's relays get a map, which goes into a policy and is subscribed to.
    private async Task GiveMaps()
    {
        await Rented.Make(_server, await _server.Staff.Customer(username: "chen.yu"));
        await _server.Db.Write(s => s.Execute("UPDATE relay_slots SET port = 23000 + position, host = 'r1d2c3b4a5f' || position || '.relay.invalid'"));
        await Call("POST /api/acl/generate", "/api/acl/generate", """{"username":"chen.yu","machines":3}""");
        await Call("POST /api/acl/update", "/api/acl/update", """{"username":"chen.yu","names":{"900":"Shanghai"}}""");
        await Call("GET /api/acl/download/{username}", "/api/acl/download/chen.yu?format=headscale");
        await Call("POST /api/acl/merge", "/api/acl/merge", """{"username":"chen.yu","policy":"{\n\t// Everybody may reach everything.\n\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}],\n}\n"}""");
        await Call("POST /api/acl/link", "/api/acl/link", """{"username":"chen.yu"}""");
        await Call("GET /api/acl/logs/{user_id}", "/api/acl/logs/chen.yu?limit=2");
        await Call("DELETE /api/acl/link", "/api/acl/link?username=chen.yu");
    }
}
