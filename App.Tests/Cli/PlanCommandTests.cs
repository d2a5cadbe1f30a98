using Gatehouse.Cli.Shell;

namespace Gatehouse.Tests.Cli;

/// <summary><c>plan create</c> and <c>plan list</c>.</summary>
public sealed class PlanCommandTests
{
    [Fact]
    public async Task A_plan_is_made_named_by_its_id_alone_and_listed()
    {
        await using var test = await Shell.Installation();
        var folder = test.Folder.Path;
        var made = await Shell.Run("plan", "create", "--name", "Pro, 1 year", "--duration", "1y", "--prefix", "pro", "--price", "99.5", "--machines", "3", "--data", folder);
        Assert.Equal(ExitCode.Ok, made.Code);
        var id = Assert.Single(made.Lines);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("plan", "create", "--name", "Basic", "--duration", "forever", "--on-sale", "--data", folder)).Code);
        var list = await Shell.Run("plan", "list", "--data", folder);
        Assert.Contains(list.Lines, l => l.StartsWith(id, StringComparison.Ordinal) && l.Contains("Pro, 1 year") && l.Contains("PRO") && l.Contains("1 year") && l.Contains("99.50 CNY") && l.EndsWith("enabled", StringComparison.Ordinal));
        Assert.Contains(list.Lines, l => l.Contains("Basic") && l.EndsWith("on sale", StringComparison.Ordinal));
        // By its id keys are made of it.
        Assert.Equal(2, (await Shell.Run("keys", "generate", "--plan", id, "--count", "2", "--data", folder)).Lines.Length);
    }

    [Theory]
    [InlineData("--duration", "soon", ExitCode.Usage, "--duration")]
    [InlineData("--price", "cheap", ExitCode.Usage, "--price")]
    [InlineData("--machines", "0", ExitCode.Failed, "machine_limit")]
    [InlineData("--currency", "EURO", ExitCode.Failed, "currency")]
    [InlineData("--prefix", "MUCH-LONGER-THAN-A-PREFIX-OF-A-KEY-MAY-BE", ExitCode.Failed, "prefix")]
    public async Task What_cannot_be_is_refused_by_name_and_nothing_is_made(string option, string value, int code, string named)
    {
        await using var test = await Shell.Installation();
        var args = new List<string> { "plan", "create", "--name", "Pro", "--data", test.Folder.Path, option, value };
        if (option != "--duration")
            args.AddRange(["--duration", "30d"]);
        var ran = await Shell.Run([.. args]);
        Assert.Equal((code, ""), (ran.Code, ran.Out));
        Assert.Contains(named, ran.Error, StringComparison.Ordinal);
        Assert.Single((await Shell.Run("plan", "list", "--data", test.Folder.Path)).Lines);
    }
}
