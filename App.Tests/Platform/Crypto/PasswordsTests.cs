using Gatehouse.Platform.Crypto;

namespace Gatehouse.Tests.Platform.Crypto;

public sealed class PasswordsTests
{
    [Fact]
    public async Task A_password_fits_its_hash_and_no_other()
    {
        var passwords = new Passwords();
        var hash = await passwords.Hash("correct horse 电池");
        Assert.StartsWith("$argon2id$v=19$m=65536,t=2,p=1$", hash, StringComparison.Ordinal);
        Assert.True(await passwords.Verify(hash, "correct horse 电池"));
        Assert.False(await passwords.Verify(hash, "correct horse 电"));
        Assert.False(await passwords.Verify(hash, ""));
    }

    [Fact]
    public async Task The_same_password_has_another_hash_each_time()
    {
        var passwords = new Passwords();
        Assert.NotEqual(await passwords.Hash("the same"), await passwords.Hash("the same"));
    }

    [Fact]
    public async Task Nobody_has_no_password_and_a_broken_hash_fits_none()
    {
        var passwords = new Passwords();
        Assert.False(await passwords.Verify(null, "anything"));
        Assert.False(await passwords.Verify("", "anything"));
        Assert.False(await passwords.Verify("!", "anything"));
    }

    [Fact]
    public async Task A_full_queue_turns_away_at_once_and_takes_again_when_it_has_emptied()
    {
        var passwords = new Passwords();
        var attempts = Enumerable.Range(0, 60).Select(_ => passwords.Verify(null, "guess")).ToList();
        var refused = attempts.Count(a => a.IsFaulted);
        Assert.InRange(refused, 1, 60 - 33);
        var results = await Task.WhenAll(attempts.Select(a => Record.ExceptionAsync(() => a)));
        Assert.All(results.Where(r => r is not null), r => Assert.IsType<PasswordQueueFullException>(r));
        Assert.Equal(60 - refused, results.Count(r => r is null));
        Assert.False(await passwords.Verify(null, "guess"));
    }
}
