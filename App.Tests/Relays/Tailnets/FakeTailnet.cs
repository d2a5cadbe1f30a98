using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>Tailscale's API as far as it is needed here, on a socket of this machine: a policy with its tag, machines, and faults on request.</summary>
internal sealed class FakeTailnet : IDisposable
{
    public const string Known = "tskey-client-k", Secret = Known + "TEST-fake";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _devices = [];
    private readonly Dictionary<string, string> _policies = [];
    private readonly Dictionary<string, (string Address, string Secret)> _hooks = [];
    private int _made;
    private const string First = "{\n\t// Everybody may reach everything.\n\t\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}],\n}\n";

    public FakeTailnet()
    {
        _listener.Start();
        _ = Serve();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public string Scopes { get; set; } = "policy_file devices:core:read";

    /// <summary>What was asked, as method and path.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Answers in the place of what would be; null: as it would be. The path has no query.</summary>
    public Func<string, (int Status, string Body, string? Head)?> Fault { get; set; } = _ => null;

    /// <summary>Runs before a policy is written: somebody is quicker.</summary>
    public Action? BeforePut { get; set; }

    public bool KeptElsewhere { get; set; }

    /// <summary>For tests that share a server. Each client has a tailnet of its own, with a policy of its own.</summary>
    public static readonly FakeTailnet Shared = new();

    /// <summary>Of the usual client.</summary>
    public string Policy
    {
        get
        {
            lock (_gate)
                return Of(Secret);
        }
        set
        {
            lock (_gate)
                _policies[Secret] = value;
        }
    }

    private string Of(string client) => _policies.GetValueOrDefault(client, First);

    public void Device(string id, string key, string name = "machine", string? tag = null, bool external = false, string created = "2026-01-01T00:00:00Z", string? seen = null)
    {
        var d = new JsonObject { ["nodeId"] = id, ["id"] = "1", ["nodeKey"] = key, ["name"] = name + ".tail0.ts.net", ["hostname"] = name, ["authorized"] = true, ["isExternal"] = external, ["created"] = created, ["expires"] = "0001-01-01T00:00:00Z" };
        if (tag is not null)
            d["tags"] = new JsonArray(tag);
        if (seen is not null)
            d["lastSeen"] = seen;
        lock (_gate)
        {
            _devices.RemoveAll(x => (string)x["nodeId"]! == id);
            _devices.Add(d);
        }
    }

    /// <summary>Its webhooks, by their ids: where each goes, and what it is signed with.</summary>
    public IReadOnlyDictionary<string, (string Address, string Secret)> Hooks
    {
        get
        {
            lock (_gate)
                return new Dictionary<string, (string, string)>(_hooks);
        }
    }

    /// <summary>One is there that nobody knows the secret of.</summary>
    public void Hook(string id, string address)
    {
        lock (_gate)
            _hooks[id] = (address, "tskey-webhook-lost");
    }

    public void Remove(string id)
    {
        lock (_gate)
            _devices.RemoveAll(x => (string)x["nodeId"]! == id);
    }

    private static string Tag(string policy) => $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy)))}\"";

    private (int Status, string Body, string? Head) Answer(string method, string path, Dictionary<string, string> heads, string body)
    {
        lock (_gate)
            Asked.Add($"{method} {path}");
        if (Fault(path) is { } fault)
            return fault;
        if (path == "/api/v2/oauth/token")
            return body.Split("client_secret=")[^1] is var client && client.StartsWith(Known, StringComparison.Ordinal) && body.Contains("grant_type=client_credentials", StringComparison.Ordinal)
                ? (200, JsonSerializer.Serialize(new { access_token = "for-" + client, token_type = "Bearer", expires_in = 3600, scope = Scopes }), null) : (401, """{"message":"API token invalid"}""", null);
        if (heads.GetValueOrDefault("authorization") is not { } bearer || !bearer.StartsWith("Bearer for-" + Known, StringComparison.Ordinal))
            return (401, """{"message":"API token invalid"}""", null);
        var of = bearer["Bearer for-".Length..];
        if (method == "POST" && path == "/api/v2/tailnet/-/acl")
            BeforePut?.Invoke();
        lock (_gate)
            switch (method, path)
            {
                case ("GET", "/api/v2/tailnet/-/devices"):
                    return (200, new JsonObject { ["devices"] = new JsonArray([.. _devices.Select(d => d.DeepClone())]) }.ToJsonString(), null);
                case ("GET", "/api/v2/tailnet/-/settings"):
                    return (200, JsonSerializer.Serialize(new { aclsExternallyManagedOn = KeptElsewhere, aclsExternalLink = "https://git.example.com/policy" }), null);
                case ("GET", "/api/v2/tailnet/-/acl"):
                    return (200, Of(of), $"ETag: {Tag(Of(of))}\r\n");
                case ("POST", "/api/v2/tailnet/-/acl/validate"):
                    return (200, Broken(body) is { } wrong ? JsonSerializer.Serialize(new { message = wrong }) : "", null);
                case ("POST", "/api/v2/tailnet/-/acl"):
                    if (heads.GetValueOrDefault("if-match") != Tag(Of(of)))
                        return (412, """{"message":"precondition failed, invalid old hash"}""", null);
                    if (Broken(body) is { } bad)
                        return (400, JsonSerializer.Serialize(new { message = bad }), null);
                    _policies[of] = body;
                    return (200, body, $"ETag: {Tag(body)}\r\n");
                case (_, var hooks) when hooks.Contains("webhooks", StringComparison.Ordinal):
                    return Scopes.Split(' ').Contains("webhooks") ? HookAnswer(method, hooks["/api/v2/".Length..].Split('/'), body) : (403, """{"message":"calling actor does not have enough permissions to perform this function"}""", null);
                default:
                    return (404, """{"message":"not found"}""", null);
            }
    }

    private (int Status, string Body, string? Head) HookAnswer(string method, string[] path, string body)
    {
        object Shown(string id, bool secret) => new { endpointId = id, endpointUrl = _hooks[id].Address, secret = secret ? _hooks[id].Secret : "" };
        switch (method, path)
        {
            case ("GET", ["tailnet", "-", "webhooks"]):
                return (200, JsonSerializer.Serialize(new { webhooks = _hooks.Keys.Select(id => Shown(id, false)) }), null);
            case ("POST", ["tailnet", "-", "webhooks"]):
                var made = $"hook-{++_made}";
                _hooks[made] = ((string)JsonNode.Parse(body)!["endpointUrl"]!, "tskey-webhook-" + made);
                return (200, JsonSerializer.Serialize(Shown(made, true)), null);
            case ("POST", ["webhooks", var id, "rotate"]) when _hooks.ContainsKey(id):
                _hooks[id] = (_hooks[id].Address, $"tskey-webhook-{id}-{++_made}");
                return (200, JsonSerializer.Serialize(Shown(id, true)), null);
            case ("DELETE", ["webhooks", var id]) when _hooks.Remove(id):
                return (200, "", null);
            default:
                return (404, """{"message":"not found"}""", null);
        }
    }

    // Read as control reads it, and a member that it does not know.
    private static string? Broken(string policy)
    {
        try
        {
            return HuJson.Parse(policy).Root.Members.Any(m => m.Name == "broken") ? "line 1, column 2: unknown field \"broken\"" : null;
        }
        catch (HuJsonException e)
        {
            return e.Message;
        }
    }

    private async Task Serve()
    {
        try
        {
            while (true)
                _ = Handle(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Handle(TcpClient client)
    {
        using (client)
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                var first = (await reader.ReadLineAsync())!.Split(' ');
                var heads = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    heads[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
                var body = new char[int.Parse(heads.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture)];
                if (body.Length > 0)
                    await reader.ReadBlockAsync(body);
                var (status, text, head) = Answer(first[0], first[1].Split('?')[0], heads, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Status\r\n{head}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\nConnection: close\r\n\r\n{text}"));
            }
            catch (IOException)
            {
            }
    }

    public void Dispose() => _listener.Dispose();
}
