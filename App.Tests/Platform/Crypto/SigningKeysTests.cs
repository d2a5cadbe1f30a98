using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Crypto;

public sealed class SigningKeysTests
{
    [Theory, BothEngines]
    public async Task Nodes_that_start_at_once_agree_on_one_key(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var nodes = Enumerable.Range(0, 12).Select(_ => new SigningKeys(test.Database, test.Secrets, TimeProvider.System)).ToList();
        var keys = await Task.WhenAll(nodes.Select(n => Task.Run(async () => await n.Current("default"))));
        Assert.Single(keys.Select(k => (k.Id, k.PublicKeyHex)).Distinct());
        Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM signing_keys")));
    }

    [Theory, BothEngines]
    public async Task It_signs_with_the_key_that_is_stored_and_the_secret_is_sealed(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var key = await new SigningKeys(test.Database, test.Secrets, TimeProvider.System).Current("default");
        var (publicKey, secret) = await test.Database.Read(s => s.One("SELECT public_key, sealed_secret FROM signing_keys", r => (r.GetString(0), r.GetString(1))));
        Assert.Equal(publicKey, key.PublicKeyHex);
        Assert.Equal(SigningKey.SeedBytes, test.Secrets.Open(secret, "signing-key").Length);
        var signature = new byte[64];
        key.Sign("message"u8, signature);
        Assert.True(Ed25519.Verify(signature, "message"u8, Convert.FromHexString(publicKey)));
    }

    [Fact]
    public async Task Tenants_have_keys_of_their_own()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await test.Database.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var keys = new SigningKeys(test.Database, test.Secrets, TimeProvider.System);
        Assert.NotEqual((await keys.Current("default")).PublicKeyHex, (await keys.Current("other")).PublicKeyHex);
        Assert.NotNull(keys.Loaded("other"));
        Assert.Null(keys.Loaded("third"));
    }
}
