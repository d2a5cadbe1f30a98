using Gatehouse.Platform.Crypto;

namespace Gatehouse.Tests.Platform.Crypto;

public sealed class TokensTests
{
    [Fact]
    public void Tokens_are_long_random_and_fit_a_url()
    {
        var made = Enumerable.Range(0, 1000).Select(_ => OpaqueToken.Create("gh_")).ToHashSet();
        Assert.Equal(1000, made.Count);
        Assert.All(made, t => Assert.Matches("^gh_[A-Za-z0-9_-]{43}$", t));
    }

    [Fact]
    public void The_hash_is_sha_256() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", OpaqueToken.Hash("abc"));

    [Fact]
    public void Ids_sort_by_the_time_they_were_made()
    {
        var first = Ids.New();
        Thread.Sleep(5);
        Assert.True(string.CompareOrdinal(first, Ids.New()) < 0);
    }
}
