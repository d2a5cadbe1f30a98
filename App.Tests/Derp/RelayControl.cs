using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay's control channel, over the Unix socket or the address it printed.</summary>
internal sealed class ControlChannel : IDisposable
{
    public ControlChannel(RelayProcess relay, string? token)
    {
        var socket = relay.ControlAt.StartsWith("unix:", StringComparison.Ordinal) ? relay.ControlAt["unix:".Length..] : null;
        var handler = new SocketsHttpHandler();
        if (socket is not null)
            handler.ConnectCallback = async (_, stop) =>
            {
                var made = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await made.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
                return new NetworkStream(made, ownsSocket: true);
            };
        Http = new HttpClient(handler) { BaseAddress = new Uri(socket is null ? relay.ControlAt : "http://relay"), Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http { get; }

    public async Task<DerpState> State() => new(await Ok(await Http.GetAsync("/control/v1/state")));

    public Task<JsonElement> Everyone() => Put("allow", """{"everyone":true,"keys":[]}""");

    /// <summary>Admits these and no others; returns how many connections that closed.</summary>
    public async Task<long> Allow(params TestKey[] keys) =>
        (await Put("allow", JsonSerializer.Serialize(new { everyone = false, keys = keys.Select(k => k.Node) }))).GetProperty("closed").GetInt64();

    public Task<JsonElement> Limits(string json) => Put("limits", json);

    public async Task<long> Kick(TestKey key) =>
        (await Ok(await Http.PostAsync("/control/v1/kick", Json(JsonSerializer.Serialize(new { key = key.Node }))))).GetProperty("closed").GetInt64();

    /// <summary>Waits until the state is so; says what it was when that takes too long.</summary>
    public async Task<DerpState> Until(Func<DerpState, bool> so, double seconds = 60)
    {
        DerpState state = null!;
        await Wait.Until(async () => so(state = await State()), () => state.ToString(), seconds);
        return state;
    }

    private async Task<JsonElement> Put(string what, string json) => await Ok(await Http.PutAsync("/control/v1/" + what, Json(json)));

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> Ok(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.PathAndQuery} was answered {(int)answer.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    public void Dispose() => Http.Dispose();
}

/// <summary>What the relay says of itself.</summary>
internal sealed class DerpState(JsonElement root)
{
    public string Epoch => root.GetProperty("epoch").GetString()!;

    public string? CertName => root.GetProperty("cert_name").GetString();

    public JsonElement Root => root;

    public long Connections => this["connections"];

    /// <summary>A number by its path, such as <c>total.bytes_in</c>; 0 where it is absent.</summary>
    public long this[string path]
    {
        get
        {
            var at = root;
            foreach (var name in path.Split('.'))
            {
                if (!at.TryGetProperty(name, out at))
                    return 0;
            }
            return at.GetInt64();
        }
    }

    /// <summary>All the counters of a group, such as <c>cut</c>.</summary>
    public long Sum(string group) => root.GetProperty(group).EnumerateObject().Sum(p => p.Value.GetInt64());

    /// <summary>A device's counters; all zero when the relay does not know it.</summary>
    public DerpState Device(TestKey key) =>
        root.GetProperty("devices").EnumerateArray().Where(d => d.GetProperty("key").GetString() == key.Node).ToList() is [var only]
            ? new DerpState(only)
            : new DerpState(JsonElement.Parse("{}"));

    public override string ToString() => root.GetRawText();
}
