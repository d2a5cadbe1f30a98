using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Derp;

public sealed partial class HandshakeTests
{
    [Fact]
    public async Task The_upgrade_names_the_version_and_the_key()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Dial(relay);
        Assert.Contains("Derp-Version: 2", client.Head, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("Derp-Public-Key: " + Wire.Hex(relay.Key), client.Head, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("Upgrade: derp", client.Head, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("Connection: upgrade", client.Head, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ServerKey_is_the_magic_and_the_printed_key()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Dial(relay);
        var frame = await client.Read();
        Assert.Equal([0x44, 0x45, 0x52, 0x50, 0xF0, 0x9F, 0x94, 0x91, .. relay.Key], frame!.Body);
        Assert.Equal(0x01, frame.Type);
    }

    [Fact]
    public async Task ServerInfo_is_sealed_for_the_client_and_says_version_2()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Connect(relay);
        Assert.Equal(2, client.ServerInfo.GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":2,"CanAckPings":true,"IsProber":true,"AppName":"tailscaled"}""")]
    [InlineData("""{"version":2,"SomethingNew":{"a":[1,2,3]}}""")]
    public async Task Any_client_info_that_is_JSON_is_taken(string json)
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Dial(relay);
        await client.ReadServerKey();
        await client.SendRaw(Wire.Hello(client.Key, client.RelayKey, json));
        Assert.Equal(Wire.ServerInfo, (await client.Read())!.Type);
        Assert.Empty(await client.Ping());
    }

    [Fact]
    public async Task A_handshake_that_comes_byte_by_byte_is_taken()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Dial(relay);
        await client.ReadServerKey();
        foreach (var b in Wire.Hello(client.Key, client.RelayKey))
            await client.SendRaw(new[] { b });
        Assert.Equal(Wire.ServerInfo, (await client.Read())!.Type);
    }

    [Fact]
    public async Task Frames_that_come_with_the_handshake_are_not_lost()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Dial(relay);
        await client.ReadServerKey();
        await client.SendRaw((byte[])[.. Wire.Hello(client.Key, client.RelayKey), .. Wire.Frame(Wire.NotePreferred, [1]), .. Wire.Frame(Wire.Ping, [1, 2, 3, 4, 5, 6, 7, 8])]);
        Assert.Equal(Wire.ServerInfo, (await client.Read())!.Type);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], (await client.Expect(Wire.Pong)).Body);
    }

    [Fact]
    public async Task Ping_comes_back_as_pong_with_the_same_eight_bytes()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Connect(relay);
        foreach (var data in new byte[][] { [0, 0, 0, 0, 0, 0, 0, 0], [255, 1, 254, 2, 253, 3, 252, 4] })
        {
            await client.SendRaw(Wire.Frame(Wire.Ping, data));
            Assert.Equal(data, (await client.Expect(Wire.Pong)).Body);
        }
    }

    [Fact]
    public async Task Each_ServerInfo_has_a_nonce_of_its_own()
    {
        await using var relay = await RelayProcess.Open();
        var nonces = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await using var client = await DerpTestClient.Dial(relay);
            await client.ReadServerKey();
            await client.SendRaw(Wire.Hello(client.Key, client.RelayKey));
            Assert.True(nonces.Add(Wire.Hex((await client.Expect(Wire.ServerInfo)).Body.AsSpan(0, 24))));
        }
    }

    [Fact]
    public async Task It_prints_what_a_tool_needs_to_reach_it()
    {
        await using var relay = await RelayProcess.Open();
        Assert.Matches(Ready(), relay.Out.Split('\n')[0].Trim());
        Assert.Equal("", relay.Error);
        var state = await relay.Control.State();
        Assert.Contains(Wire.Hex(relay.Key), state.Root.GetProperty("public_key").GetString());
    }

    [GeneratedRegex(@"^Gatehouse relay \d+\.\d+\.\d+ is ready at http://127\.0\.0\.1:\d+/?$")]
    private static partial Regex Ready();
}
