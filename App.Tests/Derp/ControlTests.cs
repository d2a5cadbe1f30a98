using System.Net;
using System.Text.Json;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The control channel on either transport: who may, what it takes and what it says.</summary>
public sealed class ControlTests(IdleRelay idle) : IClassFixture<IdleRelay>
{
    private const string Good = "nodekey:0101010101010101010101010101010101010101010101010101010101010101";

    public static TheoryData<string, bool> Calls
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var unix in new[] { true, false })
                foreach (var call in new[] { "GET state", "PUT allow", "PUT limits", "POST kick", "GET nothing" })
                    rows.Add(call, unix);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Without_the_token_it_is_401(string call, bool unix)
    {
        await using var relay = await Start(unix);
        foreach (var token in new[] { null, "wrong", RelayProcess.Token + "x", RelayProcess.Token[..^1] })
        {
            using var stranger = new ControlChannel(relay, token);
            using var answer = await stranger.Http.SendAsync(Request(call, """{"everyone":true,"keys":[]}"""));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            await Explains(answer);
        }
        var state = await relay.Control.State();
        Assert.False(state.Root.GetProperty("everyone").GetBoolean());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_the_token_the_state_has_every_member(bool unix)
    {
        await using var relay = await Start(unix);
        Assert.StartsWith(unix ? "unix:/" : "http://127.0.0.1:", relay.ControlAt);
        var state = (await relay.Control.State()).Root;
        foreach (var name in new[]
                 {
                     "epoch", "started_at", "version", "public_key", "cert_name", "admission", "everyone", "allowed", "connections", "total", "refused", "drops", "cut",
                     "unknown_frames", "limits", "quota_used", "quota_reached", "pending", "buffered", "devices",
                 })
            Assert.True(state.TryGetProperty(name, out _), $"{name} is absent: {state}");
        foreach (var name in new[] { "rate", "relay_rate", "quota", "max_connections" })
            Assert.Equal(JsonValueKind.Null, state.GetProperty("limits").GetProperty(name).ValueKind);
        Assert.Equal((32, 1024), (state.GetProperty("limits").GetProperty("max_per_key").GetInt32(), state.GetProperty("limits").GetProperty("max_per_ip").GetInt32()));
        foreach (var name in new[] { "bytes_in", "bytes_out", "packets_in", "packets_out", "connects" })
            Assert.Equal(0, state.GetProperty("total").GetProperty(name).GetInt64());
        Assert.Equal(JsonValueKind.Null, state.GetProperty("cert_name").ValueKind);
        var started = state.GetProperty("started_at").GetString()!;
        Assert.EndsWith("Z", started);
        Assert.InRange((DateTime.UtcNow - DateTime.Parse(started).ToUniversalTime()).TotalSeconds, -1, 60);
    }

    [Theory]
    [InlineData("GET nothing", HttpStatusCode.NotFound)]
    [InlineData("POST state", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET allow", HttpStatusCode.MethodNotAllowed)]
    public async Task An_unknown_path_or_verb_is_refused(string call, HttpStatusCode status)
    {
        using var answer = await idle.Relay.Control.Http.SendAsync(Request(call, "{}"));
        Assert.Equal(status, answer.StatusCode);
    }

    public static TheoryData<string, string, string> Bad => new()
    {
        // call, body, what the answer must name ("" = nothing)
        { "PUT allow", "", "" },
        { "PUT allow", "{", "" },
        { "PUT allow", "[]", "" },
        { "PUT allow", "null", "" },
        { "PUT allow", "\"keys\"", "" },
        { "PUT allow", $$"""{"everyone":false,"keys":["{{Good}}"],"evrione":true}""", "evrione" },
        { "PUT allow", """{"everyone":false,"keys":["nodekey:12"]}""", "keys[0]" },
        { "PUT allow", $$"""{"everyone":false,"keys":["{{Good}}","nodekey:zz01010101010101010101010101010101010101010101010101010101010101"]}""", "keys[1]" },
        { "PUT allow", """{"everyone":false,"keys":[7]}""", "keys" },
        { "PUT allow", """{"everyone":"yes","keys":[]}""", "everyone" },
        { "PUT allow", """{"everyone":false,"keys":null}""", "keys" },
        { "PUT allow", "{}", "keys" },
        { "PUT limits", "{\"rate\":", "" },
        { "PUT limits", """{"speed":1}""", "speed" },
        { "PUT limits", """{"rate":-1}""", "rate" },
        { "PUT limits", """{"rate":"fast"}""", "rate" },
        { "PUT limits", """{"quota":1.5}""", "quota" },
        { "PUT limits", """{"max_per_key":99999999999999999999}""", "max_per_key" },
        { "POST kick", "{}", "key" },
        { "POST kick", """{"key":"nodekey:xyz"}""", "key" },
        { "POST kick", $$"""{"key":"{{Good}}","why":"because"}""", "why" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_body_is_refused_by_name_and_changes_nothing(string call, string body, string named)
    {
        var relay = idle.Relay;
        await relay.Control.Http.SendAsync(Request("PUT allow", $$"""{"everyone":false,"keys":["{{Good}}"]}"""));
        using var answer = await relay.Control.Http.SendAsync(Request(call, body));
        Assert.Contains(answer.StatusCode, named.Length == 0 ? [HttpStatusCode.BadRequest] : new[] { HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity });
        Assert.Contains(named, await Explains(answer));
        var state = await relay.Control.State();
        Assert.Equal((1, false), (state["allowed"], state.Root.GetProperty("everyone").GetBoolean()));
        Assert.Equal("null,null,null,32,1024,null", string.Join(',', state.Root.GetProperty("limits").EnumerateObject().Select(l => l.Value.GetRawText())));
    }

    [Fact]
    public async Task Keys_named_twice_count_once()
    {
        await using var relay = await Start(unix: true);
        using var answer = await relay.Control.Http.SendAsync(Request("PUT allow", $$"""{"everyone":false,"keys":["{{Good}}","{{Good}}"]}"""));
        Assert.Equal(1, JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("allowed").GetInt64());
    }

    [Fact]
    public async Task A_list_of_ten_thousand_keys_is_taken()
    {
        await using var relay = await Start(unix: true);
        var key = TestKey.New();
        var keys = Enumerable.Range(1, 9_999).Select(i => $"nodekey:{i:x64}").Append(key.Node);
        await relay.Control.Http.SendAsync(Request("PUT allow", JsonSerializer.Serialize(new { everyone = false, keys })));
        Assert.Equal(10_000, (await relay.Control.State())["allowed"]);
        await using var client = await DerpTestClient.Connect(relay, key);
        Assert.Empty(await client.Ping());
    }

    [Fact]
    public async Task The_socket_is_its_owners_and_goes_with_the_relay()
    {
        using var folder = new TestFolder();
        var socket = folder.File("control.sock");
        for (var i = 0; i < 2; i++)
        {
            await using var relay = await RelayProcess.StartIn(folder);
            // Who may not write cannot connect.
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(socket) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
            Assert.NotNull((await relay.Control.State()).Epoch);
        }
        await using var left = await RelayProcess.StartIn(folder);
        Assert.NotNull((await left.Control.State()).Epoch);
    }

    private static Task<RelayProcess> Start(bool unix) => unix ? RelayProcess.Start() : RelayProcess.Start("--control", "http://127.0.0.1:0");

    private static HttpRequestMessage Request(string call, string body)
    {
        var (verb, name) = (call.Split(' ')[0], call.Split(' ')[1]);
        return new HttpRequestMessage(new HttpMethod(verb), "/control/v1/" + name) { Content = verb == "GET" ? null : ControlChannel.Json(body) };
    }

    /// <summary>The error's body, which has a code and a message.</summary>
    private static async Task<string> Explains(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        var error = JsonElement.Parse(text);
        Assert.Matches("^[A-Z][A-Z_]+$", error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return text;
    }
}
