using System.Text.Json.Nodes;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Licensing.LicenseFiles;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Crypto;

/// <summary>Signing keys that are rotated by another process while a server answers.</summary>
public sealed class SigningRotationTests
{
    [Theory, BothEngines]
    public async Task A_running_server_follows_and_publishes_the_key_of_before(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var admin = await server.As(Role.Admin);
        var key = (await admin.Keys(await admin.Plan(), 1))[0];
        var file = (string)(await server.Validate(key))["certificate"]!;
        var old = await server.Http.GetApi("/api/public-key");
        var published = old["published_keys"]!.AsArray();
        Assert.Equal(["key_id", "algorithm", "public_key", "created_at", "retired_at"], Assert.Single(published)!.AsObject().Select(p => p.Key));
        Assert.Equal(((string?)old["key_id"], (string?)old["public_key"], null), ((string?)published[0]!["key_id"], (string?)published[0]!["public_key"], (string?)published[0]!["retired_at"]));

        await using var other = await server.Storage.OpenAnother();
        var fresh = await other.Write(s => new SigningKeys(other, server.Storage.Secrets, TimeProvider.System).Rotate(s, Caller.DefaultTenant));
        JsonObject now = null!;
        await Wait.Until(async () =>
        {
            server.Clock.Advance(SigningKeyWatch.Every);
            now = (await server.Http.GetApi("/api/public-key")).Body!;
            return (string)now["key_id"]! == fresh.Id;
        }, "the new key in the answer");

        Assert.Equal(fresh.PublicKeyHex, (string?)now["public_key"]);
        Assert.Equal([(string)old["public_key"]!, fresh.PublicKeyHex], now["published_keys"]!.AsArray().Select(k => (string)k!["public_key"]!));
        Assert.NotNull(now["published_keys"]![0]!["retired_at"]);
        Assert.Null((string?)now["published_keys"]![1]!["retired_at"]);
        using var signed = await server.Http.GetAsync("/api/public-key");
        SignedAnswers.Check(signed, await signed.Content.ReadAsByteArrayAsync(), "GET", "/api/public-key", server.Address.Authority, fresh.PublicKeyHex);
        // What the old key has signed is verified by the published one; what is issued now, by the new one.
        LicenseFileTests.Read(file, (string)now["published_keys"]![0]!["public_key"]!);
        LicenseFileTests.Read((string)(await server.Validate(key))["certificate"]!, fresh.PublicKeyHex);
    }

    [Theory, BothEngines]
    public async Task Rotations_at_once_leave_one_current_key_and_lose_none(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var keys = new SigningKeys(test.Database, test.Secrets, TimeProvider.System);
        await keys.Current("default");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => test.Database.Write(s => keys.Rotate(s, "default")))));
        Assert.Equal((9, 1), await test.Database.Read(s => s.One("SELECT COUNT(*), SUM(CASE WHEN retired_at IS NULL THEN 1 ELSE 0 END) FROM signing_keys", r => ((int)r.GetInt64(0), (int)r.GetInt64(1)))));
        await keys.Refresh(CancellationToken.None);
        var published = await keys.Published("default");
        Assert.Equal(9, published.Select(k => k.PublicKeyHex).Distinct().Count());
        Assert.Equal((await keys.Current("default")).Id, published[^1].Id);
    }

    [Theory, BothEngines]
    public async Task A_rotation_that_is_undone_is_not_seen(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var keys = new SigningKeys(test.Database, test.Secrets, TimeProvider.System);
        var before = await keys.Current("default");
        await Assert.ThrowsAsync<IOException>(() => test.Database.Write<int>(async s =>
        {
            await keys.Rotate(s, "default");
            throw new IOException("no");
        }));
        await keys.Refresh(CancellationToken.None);
        Assert.Same(before, keys.Loaded("default"));
    }

    [Fact]
    public async Task The_command_rotates_beside_a_server_and_stands_in_the_audit_log()
    {
        await using var server = await TestServer.Start();
        var old = (string)(await server.Http.GetApi("/api/public-key"))["public_key"]!;
        var ran = await Shell.Run("key", "rotate-signing", "--data", server.Storage.Folder.Path);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Contains("Programs that know only the key of before", ran.Error);
        var audited = await server.Db.Read(s => s.One("SELECT before_json, after_json FROM audit_entries WHERE action = 'signing_key.rotated'", r => (r.GetString(0), r.GetString(1))));
        Assert.Contains(old, audited.Item1);
        Assert.Contains(ran.Lines[0].Split(' ')[^1], audited.Item2);
        var shown = (await Shell.Run("key", "show", "--data", server.Storage.Folder.Path)).Lines;
        Assert.Equal(2, shown.Count(l => l.Contains(old) || l.Contains(ran.Lines[0].Split(' ')[^1])));
    }
}
