using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Audit;

/// <summary>Whatever is done to the audit log behind the product shows, and says where.</summary>
public sealed class AuditVerifierTests
{
    private const int Entries = 2500;

    private static async Task<TestDatabase> Log(Engine engine, int entries = Entries)
    {
        var test = await TestDatabase.Open(engine);
        var audit = test.Audit.Writer();
        await test.Database.Write(async s =>
        {
            for (var i = 0; i < entries; i++)
                await audit.Write(s, Caller.Cli, "plan.changed", new AuditTarget("plan", $"id-{i}", $"Plan 计划 {i}"), "{}", i % 3 == 0 ? null : $$"""{"n":{{i}}}""", i % 2 == 0 ? null : "because");
            return true;
        });
        return test;
    }

    private static async Task<string[]> After(Engine engine, params string[] statements)
    {
        await using var test = await Log(engine);
        foreach (var sql in statements)
            Assert.NotEqual(0, await test.Database.Write(s => s.Execute(sql)));
        return [.. await test.Audit.Verify()];
    }

    [Theory, BothEngines]
    public async Task An_untouched_log_of_several_pages_is_whole(Engine engine) => Assert.Empty(await After(engine));

    [Theory, BothEngines]
    public async Task An_empty_log_is_whole(Engine engine)
    {
        await using var test = await Log(engine, entries: 0);
        Assert.Empty(await test.Audit.Verify());
    }

    [Theory, BothEngines]
    public async Task A_removed_entry_is_named_even_at_a_page_s_edge(Engine engine) => Assert.Equal(
        ["Audit entry 1 is missing.", "Audit entries 1000 to 1001 are missing.", "Audit entry 2500 is missing."],
        await After(engine, "DELETE FROM audit_entries WHERE seq IN (1, 1000, 1001, 2500)"));

    [Theory]
    [InlineData("reason = 'other'")]
    [InlineData("reason = NULL")]
    [InlineData("at = at + 1")]
    [InlineData("actor_name = 'nobody'")]
    [InlineData("action = 'plan.created'")]
    [InlineData("target_id = 'id'")]
    [InlineData("after_json = '{}'")]
    [InlineData("hash = 'x'", 43)]
    public async Task A_changed_column_is_named(string change, int also = 0)
    {
        string[] expected = [.. new[] { 42, also }.Where(n => n > 0).Select(n => $"Audit entry {n} was altered, or the one before it: its hash does not fit.")];
        Assert.Equal(expected, await After(Engine.Sqlite, $"UPDATE audit_entries SET {change} WHERE seq = 42"));
    }

    [Fact]
    public async Task A_gap_closed_by_renumbering_shows() => Assert.StartsWith("Audit entry 2499 was altered",
        (await After(Engine.Sqlite, "DELETE FROM audit_entries WHERE seq = 2499", "UPDATE audit_entries SET seq = 2499 WHERE seq = 2500", "UPDATE audit_heads SET seq = 2499"))[0]);

    [Fact]
    public async Task An_end_cut_off_shows() => Assert.Equal(["Audit entries 2401 to 2500 are missing."], await After(Engine.Sqlite, "DELETE FROM audit_entries WHERE seq > 2400"));

    [Fact]
    public async Task A_head_set_back_shows() => Assert.Equal(
        ["Audit entries up to 2500 are there, but audit_heads knows of 2400 only."], await After(Engine.Sqlite, "UPDATE audit_heads SET seq = 2400"));

    [Fact]
    public async Task A_last_entry_put_in_the_place_of_another_shows() => Assert.Equal(
        ["Audit entry 2500 is not the one that audit_heads remembers."], await After(Engine.Sqlite, "UPDATE audit_heads SET hash = 'other'"));

    [Fact]
    public async Task Wholesale_change_ends_after_a_hundred_findings() =>
        Assert.Equal(100, (await After(Engine.Sqlite, "UPDATE audit_entries SET reason = 'all'")).Length);
}
