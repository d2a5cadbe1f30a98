using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Support;
using Engine = Gatehouse.Relays.Engines.Engine;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>What engines of every age and make say when something is wrong, each known for what it is.</summary>
public sealed class EngineFaultTests
{
    private static readonly RelayContainer Relay = new("gh-x", "gatehouse/relay:x", "r1", "s1", "gh-x", 20443, 23478, "", [], 64 * 1024 * 1024);

    [Theory]
    [InlineData("1.41", "1.12", "1.41")]
    [InlineData("1.47", "1.24", "1.47")]
    [InlineData("1.52", "1.44", "1.51")]
    public async Task The_newest_version_that_both_speak_is_used(string api, string least, string used)
    {
        await using var fake = await FakeEngine.Start(api, least);
        fake.Says("GET /containers/json", 200, "[]");
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Empty(await engine.List(default));
        Assert.Equal(["GET /version", $"GET /v{used}/info", $"GET /v{used}/containers/json"], fake.Asked);
        Assert.Equal((true, true, "WARNING: No swap limit support"), (engine.Info.Rootless, engine.Info.Limits, Assert.Single(engine.Info.Warnings)));
    }

    [Theory]
    [InlineData("1.40", "1.12", EngineFault.TooOld)]
    [InlineData("1.60", "1.52", EngineFault.TooNew)]
    [InlineData("x", "1.12", EngineFault.NotAnEngine)]
    public async Task Another_version_is_said(string api, string least, EngineFault fault)
    {
        await using var fake = await FakeEngine.Start(api, least);
        Assert.Equal(fault, await Connecting(fake));
    }

    [Theory]
    [InlineData(200, "<html>hello</html>", EngineFault.NotAnEngine)]
    [InlineData(200, "{}", EngineFault.NotAnEngine)]
    [InlineData(400, "client version 1.24 is too old. Minimum supported API version is 1.60, please upgrade your client to a newer version", EngineFault.TooNew)]
    [InlineData(500, "{\"message\":\"boom\"}", EngineFault.Refused)]
    public async Task What_is_no_engine_is_said(int status, string body, EngineFault fault)
    {
        await using var fake = await FakeEngine.Start();
        fake.Says("GET /version", status, body);
        Assert.Equal(fault, await Connecting(fake));
    }

    [Fact]
    public async Task Where_nothing_listens_is_said()
    {
        using var folder = new TestFolder();
        var e = await Assert.ThrowsAsync<EngineException>(() => Engine.Connect(new UnixAddress(folder.File("none.sock")), "a1", default));
        Assert.Equal(EngineFault.Unreachable, e.Fault);
        Assert.StartsWith("The engine does not answer.", Localizer.For("en")[e.Reason]);
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_it_unknown()
    {
        await using var fake = await FakeEngine.Start();
        fake.Answers["GET /containers/json"] = ctx =>
        {
            ctx.Abort();
            return Task.CompletedTask;
        };
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Equal(EngineFault.Unreachable, (await Assert.ThrowsAsync<EngineException>(() => engine.List(default))).Fault);
    }

    [Theory]
    [InlineData(500, "{\"message\":\"mkdir /var/lib/docker/overlay2/x: no space left on device\"}", EngineFault.NoSpace)]
    [InlineData(404, "{\"message\":\"No such image: gatehouse/relay:x\"}", EngineFault.NoImage)]
    [InlineData(400, "{\"message\":\"NanoCPUs can not be set\"}", EngineFault.Refused)]
    [InlineData(409, "{\"message\":\"Conflict. The container name \\\"/gh-x\\\" is already in use by container \\\"abc\\\". You have to remove (or rename) that container to be able to reuse that name.\"}", EngineFault.Foreign)]
    [InlineData(500, "{\"cause\":\"that name is already in use\",\"message\":\"creating container storage: the container name \\\"gh-x\\\" is already in use by abc: that name is already in use\",\"response\":500}", EngineFault.Foreign)]
    public async Task A_container_that_is_not_made_is_said(int status, string body, EngineFault fault)
    {
        await using var fake = await FakeEngine.Start();
        fake.Says("POST /containers/create", status, body);
        fake.Says("GET /containers/gh-x/json", 200, """{"Id":"abc","Name":"/gh-x","State":{"Status":"running"},"Config":{"Labels":{}}}""");
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Equal(fault, (await Assert.ThrowsAsync<EngineException>(() => engine.Run(Relay, [], default))).Fault);
        Assert.DoesNotContain(fake.Asked, a => a.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Bind for 0.0.0.0:20443 failed: port is already allocated", EngineFault.PortTaken)]
    [InlineData("driver failed programming external connectivity on endpoint x: Error starting userland proxy: listen tcp4 0.0.0.0:20443: bind: address already in use", EngineFault.PortForeign)]
    [InlineData("failed to bind host port for 0.0.0.0:20443:172.17.0.2:8443/tcp: address already in use", EngineFault.PortForeign)]
    [InlineData("exec /gatehouse: exec format error", EngineFault.OtherMachine)]
    [InlineData("OCI runtime create failed: exec: \\\"/gatehouse\\\": executable file not found in $PATH", EngineFault.ImageWrong)]
    public async Task One_that_does_not_start_is_said_and_removed(string text, EngineFault fault)
    {
        await using var fake = await FakeEngine.Start();
        fake.Says("POST /containers/create", 201, """{"Id":"abc","Warnings":null}""");
        fake.Says("PUT /containers/abc/archive", 200, "");
        fake.Says("POST /containers/abc/start", 500, $$"""{"message":"{{text}}"}""");
        fake.Says("GET /containers/abc/json", 200, """{"Id":"abc","Name":"/gh-x","State":{"Status":"created"},"Config":{"Labels":{"gatehouse.managed":"a1"}}}""");
        fake.Says("DELETE /containers/abc", 409, """{"message":"removal of container abc is already in progress"}""");
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Equal(fault, (await Assert.ThrowsAsync<EngineException>(() => engine.Run(Relay, [EngineSample.Key()], default))).Fault);
        Assert.Equal(["POST /v1.47/containers/create", "PUT /v1.47/containers/abc/archive", "POST /v1.47/containers/abc/start", "GET /v1.47/containers/abc/json", "DELETE /v1.47/containers/abc"], fake.Asked.Skip(2));
    }

    /// <summary>An engine answers 200 to whatever is loaded; what went wrong comes after.</summary>
    [Theory]
    [InlineData("{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\r\n", EngineFault.ImageWrong)]
    [InlineData("{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":1,\"total\":2},\"id\":\"a\"}\r\n{\"errorDetail\":{\"message\":\"write /layer: no space left on device\"}}\r\n", EngineFault.NoSpace)]
    [InlineData("{\"stream\":\"Loaded image: other:1\\n\"}\r\n", EngineFault.ImageWrong)]
    public async Task An_image_that_did_not_arrive_is_said(string lines, EngineFault fault)
    {
        await using var fake = await FakeEngine.Start();
        fake.Says("POST /images/load", 200, lines);
        using var folder = new TestFolder();
        using var image = await Small(folder);
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Equal(fault, (await Assert.ThrowsAsync<EngineException>(() => engine.Ship(image, null, default))).Fault);
    }

    [Fact]
    public async Task A_machine_of_another_kind_is_sent_nothing()
    {
        await using var fake = await FakeEngine.Start();
        fake.Says("GET /version", 200, """{"Version":"27.5.1","ApiVersion":"1.47","MinAPIVersion":"1.24","Arch":"s390x","Os":"linux"}""");
        using var folder = new TestFolder();
        using var image = await Small(folder);
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Equal(EngineFault.OtherMachine, (await Assert.ThrowsAsync<EngineException>(() => engine.Ship(image, null, default))).Fault);
        Assert.Equal(2, fake.Asked.Count);
    }

    [Fact]
    public async Task What_is_no_program_is_not_packed()
    {
        using var folder = new TestFolder();
        foreach (var content in (byte[][])[[], "#!/bin/sh\n"u8.ToArray(), [0x7f, .. "ELF"u8, 2, 1, .. new byte[100]], [0x7f, .. "ELF"u8, 1, 1, .. new byte[100]]])
        {
            await File.WriteAllBytesAsync(folder.File("program"), content);
            await Assert.ThrowsAsync<InvalidDataException>(() => RelayImage.Make(folder.File("program"), folder.Path, default));
        }
        Assert.Equal(["program"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Podman_is_known_and_its_own_versions_are_no_hindrance()
    {
        await using var fake = await FakeEngine.Start();
        fake.Says("GET /version", 200, """{"Version":"5.8.0","ApiVersion":"1.44","MinAPIVersion":"4.0.0","Arch":"amd64","Os":"linux","Components":[{"Name":"Podman Engine","Version":"5.8.0"}]}""");
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
        Assert.Equal((true, new Version(1, 44)), (engine.Info.Podman, engine.Info.Api));
    }

    [Fact]
    public void Every_fault_has_its_words()
    {
        foreach (var fault in Enum.GetValues<EngineFault>())
            Assert.All(Localizer.All, l => Assert.True(l.Has(new EngineException(fault, "").Reason.Key), $"{fault} in {l.Language}"));
    }

    [Fact]
    public void Addresses_do_not_tell_their_secrets() =>
        Assert.Equal("SshAddress TlsAddress", $"{new SshAddress("u", "h", 22, "k k", "a", "secret", "secret")} {new TlsAddress("h", 1, "a", "c", "secret")}");

    private static async Task<RelayImage> Small(TestFolder folder)
    {
        File.Copy("/bin/true", folder.File("gatehouse"));
        return await RelayImage.Make(folder.File("gatehouse"), folder.Path, default);
    }

    private static async Task<EngineFault> Connecting(FakeEngine fake) => (await Assert.ThrowsAsync<EngineException>(async () =>
    {
        await using var engine = await Engine.Connect(fake.Address, "a1", default);
    })).Fault;
}
