using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>The work before signing up.</summary>
public sealed class ChallengeTests
{
    private const string Password = "a long password 1";

    [Theory, BothEngines]
    public async Task A_challenge_is_solved_by_work_or_by_waiting_and_opens_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        object Body(string email, object? challenge) => new { email, password = Password, challenge };
        Assert.Equal("CHALLENGE_REQUIRED", (await server.Http.PostApi("/api/user/add_user", Body("a@example.com", null))).Code);
        var asked = await server.Http.GetApi("/api/challenge");
        var (id, salt, bits) = ((string)asked["id"]!, (string)asked["salt"]!, (int)asked["bits"]!);
        Assert.Equal("sha-256", (string)asked["algorithm"]!);
        Assert.Equal("CHALLENGE_REQUIRED", (await server.Http.PostApi("/api/user/add_user", Body("a@example.com", new { id, nonce = "x" }))).Code);
        var nonce = Solve(salt, bits);
        foreach (var forged in new[] { id[..^1] + (id[^1] == 'A' ? 'B' : 'A'), "", "x", id + "A", id.ToLowerInvariant() })
            Assert.Equal("CHALLENGE_REQUIRED", (await server.Http.PostApi("/api/user/add_user", Body("a@example.com", new { id = forged, nonce }))).Code);
        // Of many who use it at once one comes in.
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => server.Http.PostApi("/api/user/add_user", Body($"a{i}@example.com", new { id, nonce }))));
        Assert.Single(all, a => a.Status == HttpStatusCode.Created);
        Assert.Equal(3, all.Count(a => a.Code == "CHALLENGE_REQUIRED"));
        // Without a nonce it opens after a while, and not for ever.
        var waits = server.Service<Challenges>().Make();
        Assert.Equal("CHALLENGE_REQUIRED", (await server.Http.PostApi("/api/user/add_user", Body("b@example.com", new { id = waits.Id }))).Code);
        server.Clock.Advance(TimeSpan.FromSeconds(waits.Wait));
        Assert.Equal(HttpStatusCode.Created, (await server.Http.PostApi("/api/user/add_user", Body("b@example.com", new { id = waits.Id }))).Status);
        var old = server.Service<Challenges>().Make();
        server.Clock.Advance(Challenges.Life);
        Assert.Equal("CHALLENGE_REQUIRED", (await server.Http.PostApi("/api/user/add_user", Body("c@example.com", new { id = old.Id, nonce = Solve(old.Salt, old.Bits) }))).Code);
    }

    [Fact]
    public void Challenges_get_harder_the_more_are_asked_for_and_easy_again()
    {
        var clock = new FakeClock();
        var challenges = new Challenges(new SecretBox(new byte[32]), clock);
        Assert.Equal((Challenges.LeastBits, 5), (challenges.Make().Bits, challenges.Make().Wait));
        for (var i = 0; i < 100 * Challenges.Usual; i++)
            challenges.Make();
        var hard = challenges.Make();
        Assert.Equal(Challenges.MostBits, hard.Bits);
        Assert.Equal(5 << (Challenges.MostBits - Challenges.LeastBits), hard.Wait);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(Challenges.LeastBits, challenges.Make().Bits);
    }

    // As a client program does it.
    internal static string Solve(string salt, int bits)
    {
        for (var nonce = 0; ; nonce++)
        {
            var hash = SHA256.HashData(Encoding.ASCII.GetBytes(salt + nonce));
            var word = ((uint)hash[0] << 24) | ((uint)hash[1] << 16) | ((uint)hash[2] << 8) | hash[3];
            if (word >> (32 - bits) == 0)
                return nonce.ToString();
        }
    }
}
