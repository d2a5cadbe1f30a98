using System.Net;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Actions;

/// <summary>Another prefix makes a key, or is refused by the name of the one that would be none.</summary>
public sealed class PrefixTests
{
    private static readonly string Long = new('A', LicenseKey.MaxLength);

    public static TheoryData<Engine, string, string> Bad()
    {
        var data = new TheoryData<Engine, string, string>();
        foreach (var engine in Enum.GetValues<Engine>())
        {
            data.Add(engine, Long, "LONGER-PRE");
            data.Add(engine, "VIP-1", "");
            data.Add(engine, "VIP-EXPORT", "");
            data.Add(engine, "VIP-BULK", "");
            data.Add(engine, "A---", "");
        }
        return data;
    }

    private static LicenseAction To(string prefix) => new(ActionName.Prefix, Prefix: prefix);

    private static async Task<List<string>> Stored(Shop shop) => await shop.Db.Read(s => s.All("SELECT key, prefix, code FROM licenses ORDER BY key", r => $"{r.GetString(0)} {r.GetString(1)} {r.GetString(2)}"));

    [Theory, MemberData(nameof(Bad))]
    public async Task One_that_makes_no_key_is_refused_by_name_and_nothing_is_half_done(Engine engine, string key, string prefix)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, null, [new ImportLine(1, key, ""), new ImportLine(2, "AAA-GOOD1", ""), new ImportLine(3, "ZZZ-GOOD2", "")]));
        var before = await Stored(shop);
        Task[] tries = [shop.Do(key, To(prefix)), shop.DoMany(To(prefix), ["AAA-GOOD1", key, "ZZZ-GOOD2"]), shop.DoMany(To(prefix), filter: new LicenseFilter())];
        foreach (var refused in tries)
        {
            var wrong = (await Assert.ThrowsAsync<Refusal>(() => refused)).Fields["prefix"];
            Assert.Equal(("field.prefix_makes_no_key", key), (wrong.Key, (string)wrong.Args[0]));
        }
        Assert.Equal(before, await Stored(shop));
        Assert.Equal(0, await shop.Count("SELECT COUNT(*) FROM license_events"));
        Assert.Equal("NEW-GOOD1", (await shop.Do("AAA-GOOD1", To("ｎｅｗ\u200b")))!.Key);
        Assert.Contains("NEW-GOOD1 NEW GOOD1", await Stored(shop));
    }

    [Theory, BothEngines]
    public async Task A_key_that_an_older_version_spoilt_is_told_and_can_be_mended(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Keys(await shop.Plan(), 1);
        await shop.Db.Write(s => s.Execute("UPDATE licenses SET key = @key, prefix = 'LONGER-PRE', code = @code", ("key", "LONGER-PRE-" + Long), ("code", Long)));
        Assert.Equal(["1 keys that are too short or too long to be entered"], (await shop.Db.Read(LicenseConsistency.Check)).Errors);
        await shop.DoMany(To(""), filter: new LicenseFilter(Prefix: "LONGER-PRE"));
        Assert.Equal([$"{Long}  {Long}"], await Stored(shop));
        Assert.Empty((await shop.Db.Read(LicenseConsistency.Check)).Errors);
    }

    [Theory, BothEngines]
    public async Task A_key_that_an_older_version_let_hide_behind_a_page_is_told_and_can_be_mended(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var keys = await shop.Keys(await shop.Plan(prefix: ""), 3);
        foreach (var (key, hidden) in keys.Zip(["EXPORT", "----------"]))
            await shop.Db.Write(s => s.Execute("UPDATE licenses SET key = @hidden, code = @hidden WHERE key = @key", ("hidden", hidden), ("key", key)));
        Assert.Equal("2 keys that cannot be entered, for they are called like a page or have neither letter nor digit; a bulk change of the prefix mends them", Assert.Single((await shop.Db.Read(LicenseConsistency.Check)).Errors));
        foreach (var hidden in new[] { "EXPORT", "----------" })
            Assert.Equal(1, (await shop.DoMany(To("OLD"), filter: new LicenseFilter(Query: hidden))).Changed);
        Assert.Equal(["OLD-----------", "OLD-EXPORT"], (await Stored(shop)).Where(k => k.StartsWith("OLD", StringComparison.Ordinal)).Select(k => k.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Empty((await shop.Db.Read(LicenseConsistency.Check)).Errors);
    }

    [Fact]
    public async Task Over_rest_it_is_422_for_one_and_for_many()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Owner);
        var plan = await http.Plan();
        Assert.Equal(HttpStatusCode.OK, (await http.PostApi("/api/keys/import", new { plan, content = "VIP-EXPORT\n" + Long })).Status);
        (await http.PatchApi("/api/keys/VIP-EXPORT", new { prefix = "" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "prefix");
        (await http.PostApi("/api/keys/bulk", new { action = "prefix", prefix = "P", keys = new[] { "VIP-EXPORT", Long } })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "prefix");
        Assert.Equal("VIP-EXPORT", (string)(await http.GetApi("/api/keys/vip–export%0A"))["key"]!["key"]!);
        Assert.Equal(2, (await http.GetApi("/api/keys?q=%EF%BB%BF%20")).Items().Count());
        Assert.Single((await http.GetApi("/api/keys?q=%E2%80%9CＶＩＰ－ＥＸ%E2%80%8BP%E2%80%9D")).Items());
        // What its description says of a bulk change that makes two keys one.
        Assert.Contains("KEYS_COLLIDE", (string)(await server.Http.GetApi("/openapi/v1.json"))["paths"]!["/api/keys/bulk"]!["post"]!["responses"]!["default"]!["description"]!);
    }
}
