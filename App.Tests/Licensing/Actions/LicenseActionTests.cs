using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Actions;

/// <summary>What may be done to a key in which state, and what an action has to say.</summary>
public sealed class LicenseActionTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly Dictionary<string, License> Keys = new()
    {
        ["unused"] = Key(LicenseState.Unused, null, null, 0),
        ["active"] = Key(LicenseState.Active, Now - 10, Now + 10, 1),
        ["forever"] = Key(LicenseState.Active, Now - 10, null, 1),
        ["unbound"] = Key(LicenseState.Active, Now - 10, Now + 10, 0),
        ["ran out"] = Key(LicenseState.Active, Now - 10, Now, 1),
        ["expired"] = Key(LicenseState.Expired, Now - 10, Now - 5, 1),
        ["suspended"] = Key(LicenseState.Suspended, Now - 10, Now + 10, 1),
        ["suspended unused"] = Key(LicenseState.Suspended, null, null, 0),
        ["revoked"] = Key(LicenseState.Revoked, Now - 10, Now + 10, 1),
        ["revoked unused"] = Key(LicenseState.Revoked, null, null, 0),
    };

    private static License Key(string stored, long? usedAt, long? expireAt, long bindings) =>
        new("id", "VIP-1", "VIP", "p", "VIP", "b", "B", stored, 0, usedAt, expireAt, "", bindings, bindings > 0 ? "m" : null);

    /// <summary>One row a state, one column an action; a dot is allowed.</summary>
    private const string Table =
        """
        state             suspend            reinstate      revoke           extend         unbind     reset           delete      plan             prefix           note
        unused            .                  NOT_SUSPENDED  .                NOT_ACTIVATED  NOT_BOUND  ALREADY_UNUSED  .           .                .                .
        active            .                  NOT_SUSPENDED  .                .              .          .               NOT_UNUSED  .                .                .
        forever           .                  NOT_SUSPENDED  .                NEVER_EXPIRES  .          .               NOT_UNUSED  .                .                .
        unbound           .                  NOT_SUSPENDED  .                .              NOT_BOUND  .               NOT_UNUSED  .                .                .
        ran_out           .                  NOT_SUSPENDED  .                .              .          .               NOT_UNUSED  .                .                .
        expired           .                  NOT_SUSPENDED  .                .              .          .               NOT_UNUSED  .                .                .
        suspended         ALREADY_SUSPENDED  .              .                .              .          .               NOT_UNUSED  .                .                .
        suspended_unused  ALREADY_SUSPENDED  .              .                NOT_ACTIVATED  NOT_BOUND  .               .           .                .                .
        revoked           ALREADY_REVOKED    NOT_SUSPENDED  ALREADY_REVOKED  ALREADY_REVOKED ALREADY_REVOKED .         NOT_UNUSED  ALREADY_REVOKED  ALREADY_REVOKED  ALREADY_REVOKED
        revoked_unused    ALREADY_REVOKED    NOT_SUSPENDED  ALREADY_REVOKED  NOT_ACTIVATED  NOT_BOUND  .               .           ALREADY_REVOKED  ALREADY_REVOKED  ALREADY_REVOKED
        """;

    public static TheoryData<string, string, string?> Cases()
    {
        var data = new TheoryData<string, string, string?>();
        var rows = Table.Split('\n').Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var row in rows.Skip(1))
            for (var i = 1; i < row.Length; i++)
                data.Add(row[0].Replace('_', ' '), rows[0][i], row[i] == "." ? null : row[i]);
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void An_action_fits_a_state_or_says_why_not(string state, string action, string? obstacle) =>
        Assert.Equal(obstacle, new LicenseAction(action).Obstacle(Keys[state], Now)?.Code);

    [Fact]
    public void The_table_has_every_action() =>
        Assert.Equal(ActionName.All.Order(), Table.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Order());

    [Theory]
    [InlineData("explode", "action")]
    [InlineData("", "action")]
    [InlineData(ActionName.Extend, "seconds")]
    [InlineData(ActionName.Plan, "plan")]
    [InlineData(ActionName.Reset, "reason")]
    [InlineData(ActionName.Prefix, "prefix")]
    [InlineData(ActionName.Note, "note")]
    public void What_an_action_needs_is_asked_for(string action, string field) =>
        Assert.Equal([field], Assert.Throws<Refusal>(() => new LicenseAction(action).Checked()).Fields.Keys);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(100L * 366 * 86400 + 1)]
    [InlineData(long.MaxValue)]
    public void An_extension_is_a_second_to_a_hundred_years(long seconds) =>
        Assert.Contains("seconds", Assert.Throws<Refusal>(() => new LicenseAction(ActionName.Extend, Seconds: seconds).Checked()).Fields.Keys);

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Assert.Equal(["note", "prefix", "reason"], Assert.Throws<Refusal>(() =>
            new LicenseAction(ActionName.Suspend, Reason: new string('x', 501), Note: "\u0000", Prefix: "-").Checked()).Fields.Keys.Order());

    [Fact]
    public void Texts_are_trimmed_and_a_prefix_raised()
    {
        var action = new LicenseAction(ActionName.Prefix, Prefix: " pro ", Reason: " asked for it ").Checked();
        Assert.Equal(("PRO", "asked for it"), (action.Prefix, action.Reason));
    }

    [Theory]
    [InlineData(Now + 5000, 10, Now + 15_000)] // time adds up
    [InlineData(Now, 10, Now + 10_000)]
    [InlineData(Now - 5000, 10, Now + 10_000)] // what has run out starts again
    public void Time_adds_up_and_what_ran_out_starts_from_now(long expireAt, long seconds, long expected) =>
        Assert.Equal(expected, LicenseAction.Extended(expireAt, seconds, Now));

    [Theory, BothEngines]
    public async Task A_hundred_years_eighty_times_are_refused_where_the_calendar_ends(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var (key, other) = ("", "");
        foreach (var made in await shop.Keys(await shop.Plan(), 2))
        {
            Assert.True((await shop.Validate(made)).Valid);
            (key, other) = (made, key);
        }
        var extend = new LicenseAction(ActionName.Extend, Seconds: 100L * 365 * 86400);
        var done = 0;
        Refusal? refused = null;
        for (; done < 80 && refused is null; done++)
            try
            {
                await shop.Do(key, extend);
            }
            catch (Refusal refusal)
            {
                refused = refusal;
            }
        Assert.InRange(done, 65, 75);
        Assert.Equal((422, "field.end_too_late"), (refused!.Status, refused.Fields["seconds"].Key));
        Assert.Equal(key, refused.Fields["seconds"].Args[0]);
        Assert.StartsWith("89", Format.Iso((await shop.Key(key)).ExpireAt)!, StringComparison.Ordinal);
        Assert.True((await shop.Validate(key)).Valid);
        // In bulk it is refused by that key's name, and the other is as it was.
        var end = (await shop.Key(other)).ExpireAt;
        Assert.Equal(key, (await Assert.ThrowsAsync<Refusal>(() => shop.DoMany(extend, [other, key]))).Fields["seconds"].Args[0]);
        Assert.Equal(end, (await shop.Key(other)).ExpireAt);
    }
}
