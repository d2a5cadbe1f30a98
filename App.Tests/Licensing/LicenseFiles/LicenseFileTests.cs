using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Licensing.LicenseFiles;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.LicenseFiles;

/// <summary>Licence files, read as a client does that has nothing but the public key.</summary>
public sealed class LicenseFileTests
{
    /// <summary>Checks form and signature and returns the document.</summary>
    internal static JsonObject Read(string file, string publicKeyHex)
    {
        const string begin = "-----BEGIN LICENSE FILE-----\n", end = "\n-----END LICENSE FILE-----\n";
        Assert.StartsWith(begin, file);
        Assert.EndsWith(end, file);
        var envelope = JsonNode.Parse(Convert.FromBase64String(file[begin.Length..^end.Length]))!;
        Assert.Equal(["alg", "enc", "sig"], envelope.AsObject().Select(p => p.Key).Order());
        Assert.Equal("base64+ed25519", (string?)envelope["alg"]);
        var enc = (string)envelope["enc"]!;
        Assert.True(Ed25519.Verify(Convert.FromBase64String((string)envelope["sig"]!), Encoding.ASCII.GetBytes("license/" + enc), Convert.FromHexString(publicKeyHex)));
        return JsonNode.Parse(Convert.FromBase64String(enc))!.AsObject();
    }

    [Fact]
    public async Task It_tells_the_key_its_plan_its_machine_and_its_time()
    {
        await using var shop = await Shop.Open();
        var signer = await shop.Get<SigningKeys>().Current(Caller.DefaultTenant);
        var now = shop.Now;
        var key = new Candidate("id-1", "VIP-1", "active", now - 1000, now + 90_000_000, "plan-1", "VIP \"<é>\"", 90_001, 3, 86400, """{"beta":true,"seats":10}""", true, 1);
        var document = Read(LicenseFile.Issue(signer, key, "PC \"1\" <书房>", now, now + 86_400_000), signer.PublicKeyHex);
        var data = document["data"]!;
        Assert.Equal(("licenses", "id-1"), ((string)data["type"]!, (string)data["id"]!));
        var attributes = data["attributes"]!;
        Assert.Equal(("VIP-1", "VIP \"<é>\"", "ACTIVE", 3L), ((string)attributes["key"]!, (string)attributes["name"]!, (string)attributes["status"]!, (long)attributes["maxMachines"]!));
        Assert.Equal(Format.Iso(now + 90_000_000), (string?)attributes["expiry"]);
        Assert.Equal("""{"beta":true,"seats":10}""", attributes["metadata"]!.ToJsonString());
        Assert.Equal("plan-1", (string?)data["relationships"]!["policy"]!["data"]!["id"]);
        Assert.Equal("PC \"1\" <书房>", (string?)document["included"]![0]!["attributes"]!["fingerprint"]);
        var meta = document["meta"]!;
        Assert.Equal((Format.Iso(now), Format.Iso(now + 86_400_000), 86_400L), ((string)meta["issued"]!, (string)meta["expiry"]!, (long)meta["ttl"]!));
    }

    [Fact]
    public async Task A_letter_changed_shows()
    {
        await using var shop = await Shop.Open();
        var signer = await shop.Get<SigningKeys>().Current(Caller.DefaultTenant);
        var key = new Candidate("id-1", "VIP-1", "active", 1, null, "plan-1", "VIP", null, 1, 60, "{}", true, 1);
        var file = LicenseFile.Issue(signer, key, "m", 1, 60_001);
        Assert.Null((string?)Read(file, signer.PublicKeyHex)["data"]!["attributes"]!["expiry"]);
        var envelope = JsonNode.Parse(Convert.FromBase64String(file.Split('\n')[1]))!;
        var enc = Encoding.UTF8.GetString(Convert.FromBase64String((string)envelope["enc"]!)).Replace("VIP-1", "VIP-2");
        envelope["enc"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(enc));
        var forged = $"-----BEGIN LICENSE FILE-----\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(envelope.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })))}\n-----END LICENSE FILE-----\n";
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Read(forged, signer.PublicKeyHex));
    }

    [Theory]
    [InlineData(3600, 86_400, 3600)] // never past the key's end
    [InlineData(86_400, 3600, 3600)] // the plan's grace
    public async Task It_is_good_for_the_grace_but_not_past_the_keys_end(long duration, long grace, long expected)
    {
        await using var shop = await Shop.Open();
        var key = (await shop.Keys(await shop.Plan(seconds: duration, grace: grace), 1))[0];
        var signer = await shop.Get<SigningKeys>().Current(Caller.DefaultTenant);
        var file = await shop.Activation.Certificate(Shop.Customer, await shop.Validate(key));
        Assert.Equal(Format.Iso(shop.Now + expected * 1000), (string?)Read(file!, signer.PublicKeyHex)["meta"]!["expiry"]);
    }

    [Fact]
    public async Task There_is_none_without_grace_and_none_for_a_key_that_is_not_valid()
    {
        await using var shop = await Shop.Open();
        var key = (await shop.Keys(await shop.Plan(grace: 0), 1))[0];
        Assert.Null(await shop.Activation.Certificate(Shop.Customer, await shop.Validate(key)));
        var other = (await shop.Keys(await shop.Plan("Pro"), 1))[0];
        Assert.NotNull(await shop.Activation.Certificate(Shop.Customer, await shop.Validate(other)));
        Assert.Null(await shop.Activation.Certificate(Shop.Customer, await shop.Validate(other, "another")));
    }

    [Fact]
    public async Task One_that_was_issued_while_the_clock_was_ahead_is_not_given_again()
    {
        await using var shop = await Shop.Open();
        var key = (await shop.Keys(await shop.Plan(seconds: null), 1))[0];
        await shop.Validate(key);
        var signer = await shop.Get<SigningKeys>().Current(Caller.DefaultTenant);
        shop.Clock.Ahead = TimeSpan.FromDays(40);
        Assert.Equal(Format.Iso(shop.Now), await Issued());
        shop.Clock.Ahead = TimeSpan.Zero;
        Assert.Equal(Format.Iso(shop.Now), await Issued());

        async Task<string?> Issued() => (string?)Read((await shop.Activation.Certificate(Shop.Customer, await shop.Validate(key)))!, signer.PublicKeyHex)["meta"]!["issued"];
    }
}
