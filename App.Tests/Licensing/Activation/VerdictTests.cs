using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>The rules that decide about a key, without a database.</summary>
public sealed class VerdictTests
{
    private const long Now = 1_700_000_000_000;

    private static Candidate Key(string stored, long? expireAt = Now + 1, bool here = false, long bindings = 0, long limit = 1) =>
        new("id", "VIP-1", stored, stored == LicenseState.Unused ? null : Now - 1000, expireAt, "plan", "VIP", 3600, limit, 0, "{}", here, bindings);

    [Theory]
    [InlineData(LicenseState.Unused, null, LicenseState.Unused)]
    [InlineData(LicenseState.Active, null, LicenseState.Active)]
    [InlineData(LicenseState.Active, Now + 1, LicenseState.Active)]
    [InlineData(LicenseState.Active, Now, LicenseState.Expired)]
    [InlineData(LicenseState.Active, Now - 1, LicenseState.Expired)]
    [InlineData(LicenseState.Expired, Now - 1, LicenseState.Expired)]
    [InlineData(LicenseState.Suspended, Now - 1, LicenseState.Suspended)]
    [InlineData(LicenseState.Suspended, Now + 1, LicenseState.Suspended)]
    [InlineData(LicenseState.Revoked, Now - 1, LicenseState.Revoked)]
    public void The_state_follows_the_clock_to_the_millisecond(string stored, long? expireAt, string expected) =>
        Assert.Equal(expected, LicenseState.At(stored, expireAt, Now));

    [Fact]
    public void The_states_are_five_with_stable_names() => Assert.Equal(["unused", "active", "expired", "suspended", "revoked"], LicenseState.All);

    [Theory]
    [InlineData(LicenseState.Suspended, Verdict.Suspended)]
    [InlineData(LicenseState.Revoked, Verdict.Revoked)]
    [InlineData(LicenseState.Expired, Verdict.Expired)]
    public void A_key_that_is_no_good_is_no_good_on_its_own_machine_either(string stored, string expected)
    {
        Assert.Equal(expected, Verdict.Judge(Key(stored, Now - 1, here: true, bindings: 1), Now));
        Assert.Equal(expected, Verdict.Judge(Key(stored, Now - 1), Now));
    }

    [Fact]
    public void A_key_is_good_up_to_its_last_millisecond()
    {
        Assert.Equal(Verdict.Valid, Verdict.Judge(Key(LicenseState.Active, Now + 1, here: true, bindings: 1), Now));
        Assert.Equal(Verdict.Expired, Verdict.Judge(Key(LicenseState.Active, Now, here: true, bindings: 1), Now));
    }

    [Fact]
    public void A_key_without_an_end_is_good() => Assert.Equal(Verdict.Valid, Verdict.Judge(Key(LicenseState.Active, null, here: true, bindings: 1), Now));

    [Fact]
    public void A_key_that_ran_out_is_expired_for_every_machine() =>
        Assert.Equal(Verdict.Expired, Verdict.Judge(Key(LicenseState.Active, Now, here: false, bindings: 1), Now));

    [Fact]
    public void A_suspended_key_that_ran_out_meanwhile_is_suspended() =>
        Assert.Equal(Verdict.Suspended, Verdict.Judge(Key(LicenseState.Suspended, Now - 1), Now));

    [Theory]
    [InlineData(LicenseState.Unused, 0, 1)]
    [InlineData(LicenseState.Active, 0, 1)]
    [InlineData(LicenseState.Active, 4, 5)]
    public void With_room_for_a_machine_the_transaction_decides(string stored, long bindings, long limit) =>
        Assert.Null(Verdict.Judge(Key(stored, stored == LicenseState.Unused ? null : Now + 1, bindings: bindings, limit: limit), Now));

    [Theory]
    [InlineData(1, 1, Verdict.MachineMismatch)]
    [InlineData(2, 2, Verdict.TooManyMachines)]
    [InlineData(5, 5, Verdict.TooManyMachines)]
    [InlineData(5, 3, Verdict.TooManyMachines)] // the plan's limit was lowered meanwhile
    [InlineData(5, 1, Verdict.MachineMismatch)]
    public void Without_room_a_strange_machine_is_turned_away(long bindings, long limit, string expected) =>
        Assert.Equal(expected, Verdict.Judge(Key(LicenseState.Active, bindings: bindings, limit: limit), Now));

    [Fact]
    public void A_bound_machine_stays_good_when_the_limit_is_lowered() =>
        Assert.Equal(Verdict.Valid, Verdict.Judge(Key(LicenseState.Active, here: true, bindings: 5, limit: 1), Now));

    [Theory]
    [InlineData(null, Now + 5000, null)]
    [InlineData(Now - 1, null, null)]
    [InlineData(Now - 1, Now + 5000, 5L)]
    [InlineData(Now - 1, Now + 4001, 5L)]
    [InlineData(Now - 1, Now + 4000, 4L)]
    [InlineData(Now - 1, Now + 1, 1L)]
    [InlineData(Now - 1, Now, 0L)]
    [InlineData(Now - 1, Now - 99_000, 0L)]
    public void Seconds_left_are_rounded_up_and_never_negative(long? usedAt, long? expireAt, long? expected) =>
        Assert.Equal(expected, new License("id", "K", "", "p", "VIP", "b", "B", LicenseState.Active, 0, usedAt, expireAt, "", 0, null).RemainingSeconds(Now));
}
