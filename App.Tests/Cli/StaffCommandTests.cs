using System.Net;
using Gatehouse.Cli.Shell;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Cli;

/// <summary><c>admin</c> and <c>token</c>.</summary>
public sealed class StaffCommandTests
{
    [Fact]
    public async Task A_password_comes_from_standard_input_and_is_held_to_the_rules()
    {
        await using var test = await Shell.Installation();
        Task<Ran> Create(string password) => Shell.RunWith(password, "admin", "create", "--username", "mia", "--role", "owner", "--password-stdin", "--data", test.Folder.Path);
        var tooShort = await Create("short\n");
        Assert.Equal(ExitCode.Failed, tooShort.Code);
        Assert.Contains("password", tooShort.Error);
        Assert.Equal(ExitCode.Usage, (await Create("")).Code);
        Assert.Equal(ExitCode.Ok, (await Create("a long pass phrase\n")).Code);
        var twice = await Create("a long pass phrase\n");
        Assert.Equal(ExitCode.Failed, twice.Code);
        Assert.Contains("username", twice.Error);
        var list = await Shell.Run("admin", "list", "--data", test.Folder.Path);
        Assert.Contains(list.Lines, l => l.StartsWith("mia ", StringComparison.Ordinal) && l.Contains("owner") && l.Contains("never"));
    }

    [Fact]
    public async Task Without_a_terminal_the_password_is_not_guessed()
    {
        await using var test = await Shell.Installation();
        var ran = await Shell.Run("admin", "create", "--username", "mia", "--role", "owner", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains("--password-stdin", ran.Error);
    }

    [Fact]
    public async Task A_reset_prints_the_one_time_password_alone()
    {
        await using var test = await Shell.Installation();
        var made = await Shell.Run("admin", "create", "--username", "li", "--role", "operator", "--one-time", "--data", test.Folder.Path);
        var reset = await Shell.Run("admin", "reset-password", "--username", "LI", "--one-time", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.Ok, reset.Code);
        Assert.Single(reset.Lines);
        Assert.NotEqual(made.Lines.Single(), reset.Lines.Single());
        Assert.Equal(ExitCode.Failed, (await Shell.Run("admin", "reset-password", "--username", "nobody", "--one-time", "--data", test.Folder.Path)).Code);
    }

    [Theory]
    [InlineData("mia")]
    [InlineData("--username", "MIA")]
    public async Task Two_factor_sign_in_is_reset_for_who_cannot_show_a_code_any_more(params string[] whose)
    {
        await using var test = await Shell.Installation();
        await Shell.RunWith("a long pass phrase\n", "admin", "create", "--username", "mia", "--role", "owner", "--password-stdin", "--data", test.Folder.Path);
        await test.Reopen();
        await test.Database.Write(s => s.Execute("INSERT INTO two_factors (account_id, tenant_id, sealed_secret, begun_at, confirmed_at) SELECT id, tenant_id, '', 1, 1 FROM accounts"));
        await test.Database.DisposeAsync();
        Task<Ran> Reset(string[] name) => Shell.Run(["admin", "reset-two-factor", .. name, "--data", test.Folder.Path]);
        Assert.Equal(ExitCode.Usage, (await Reset([])).Code);
        Assert.Equal(ExitCode.Usage, (await Reset(["mia", "--username", "mia"])).Code);
        Assert.Equal(ExitCode.Failed, (await Reset(["nobody"])).Code);
        var ran = await Reset(whose);
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Out));
        Assert.Contains("mia signs in with the password alone", ran.Error);
        var again = await Reset(whose);
        Assert.Equal(ExitCode.Failed, again.Code);
        Assert.Contains("off already", again.Error);
    }

    [Fact]
    public async Task A_token_is_all_that_is_printed_and_a_running_server_takes_it_at_once()
    {
        using var folder = new TestFolder();
        await using var server = await Serving.Start(folder.Path);
        var ran = await Shell.Run("token", "create", "--name", "ci", "--role", "analyst", "--expires", "90d", "--scopes", "keys.read", "--data", folder.Path);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal("", ran.Error);
        var token = Assert.Single(ran.Lines);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(server.Address + "/api/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(server.Address + "/api/plans")).StatusCode);
    }

    [Theory]
    [InlineData("--expires", "soon", ExitCode.Usage)]
    [InlineData("--expires", "2001-01-01", ExitCode.Failed)]
    [InlineData("--scopes", "keys.write", ExitCode.Failed)]
    [InlineData("--scopes", "keys.dance", ExitCode.Failed)]
    public async Task A_token_that_cannot_be_is_refused_and_nothing_is_printed(string flag, string value, int code)
    {
        await using var test = await Shell.Installation();
        var ran = await Shell.Run("token", "create", "--name", "ci", "--role", "analyst", flag, value, "--data", test.Folder.Path);
        Assert.Equal(code, ran.Code);
        Assert.Empty(ran.Out);
        Assert.NotEmpty(ran.Error);
    }

    [Theory]
    [InlineData("30m", "2026-11-20T12:30:00Z")]
    [InlineData("12h", "2026-11-21T00:00:00Z")]
    [InlineData("90d", "2027-02-18T12:00:00Z")]
    [InlineData("2w", "2026-12-04T12:00:00Z")]
    [InlineData("1y", "2027-11-20T12:00:00Z")]
    [InlineData("2027-01-31", "2027-01-31T00:00:00Z")]
    [InlineData("2027-01-31T08:00:00+08:00", "2027-01-31T00:00:00Z")]
    [InlineData("d", null)]
    [InlineData("-3d", null)]
    [InlineData("10s", null)]
    [InlineData("31.01.2027", null)]
    public void Moments_are_spans_from_now_or_dates(string typed, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected), TimeArgument.Parse(typed, DateTimeOffset.Parse("2026-11-20T12:00:00Z")));

    [Fact]
    public async Task Tokens_are_listed_without_their_secret_and_ended_by_name_or_id()
    {
        using var place = new TestFolder();
        var folder = place.Path;
        await using var server = await Serving.Start(folder);
        var secret = (await Shell.Run("token", "create", "--name", "shop", "--role", "admin", "--data", folder)).Lines[0];
        foreach (var _ in new[] { 1, 2 })
            await Shell.Run("token", "create", "--name", "twin", "--role", "analyst", "--expires", "90d", "--data", folder);
        using var client = new HttpClient { BaseAddress = new(server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", secret) } };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/plans")).StatusCode);
        var list = await Shell.Run("token", "list", "--state", "active", "--data", folder);
        Assert.DoesNotContain(secret, list.Out, StringComparison.Ordinal);
        Assert.Contains(list.Lines, l => l.Contains("shop") && l.Contains("admin") && l.Contains("active") && l.Contains("cli"));
        var two = await Shell.Run("token", "revoke", "twin", "--data", folder);
        Assert.Equal(ExitCode.Failed, two.Code);
        var id = two.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ')[^1].Trim();
        Assert.Equal(ExitCode.Ok, (await Shell.Run("token", "revoke", id, "--data", folder)).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("token", "revoke", "shop", "--data", folder)).Code);
        await Wait.Until(async () => (await client.GetAsync("/api/plans")).StatusCode == HttpStatusCode.Unauthorized, "the token opens something still");
        var gone = await Shell.Run("token", "revoke", "nothing", "--data", folder);
        Assert.Equal((ExitCode.Failed, ""), (gone.Code, gone.Out));
        Assert.Equal(2, (await Shell.Run("token", "list", "--state", "revoked", "--data", folder)).Lines.Length - 1);
        Assert.Equal(ExitCode.Usage, (await Shell.Run("token", "list", "--state", "lost", "--data", folder)).Code);
    }
}
