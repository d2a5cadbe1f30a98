using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Cli;

/// <summary>The appliance's own image under a real engine, locked down as compose.yml says.</summary>
public sealed partial class ApplianceImageTests : IAsyncLifetime
{
    private readonly string _name = "gatehouse-appliance-" + Guid.NewGuid().ToString("N")[..12];

    private string Image => _name + ":test";

    public async Task InitializeAsync()
    {
        var (code, said) = await TestDocker.Execute(Repository.Path("packaging", "docker", "relay", "build.sh"), ["--appliance", "--binary", await Appliance.Binary(), "--tag", Image, "--docker-host", TestDocker.Host]);
        Assert.True(code == 0, said);
    }

    public async Task DisposeAsync()
    {
        // Each whether or not the one before it was there.
        await TestDocker.Try("rm", "--force", "--volumes", _name);
        await TestDocker.Try("volume", "rm", "--force", _name);
        await TestDocker.Try("rmi", "--force", Image);
    }

    [Fact]
    public async Task It_serves_as_an_ordinary_user_and_keeps_its_data()
    {
        var options = Lines().Matches(await File.ReadAllTextAsync(Repository.Path("compose.yml"))).Select(m => m.Value.Trim()).ToList();
        Assert.Equal(["read_only: true", "tmpfs: [\"/tmp\"]", "cap_drop: [ALL]", "security_opt: [\"no-new-privileges:true\"]"], options);
        await Start();
        Assert.Equal("65532:65532", await TestDocker.Run("inspect", "--format", "{{.Config.User}}", _name));
        await Wait.Until(async () => await TestDocker.Run("inspect", "--format", "{{.State.Health.Status}}", _name) == "healthy", "the engine finds it healthy");
        using var http = new HttpClient { BaseAddress = new($"http://{(await TestDocker.Run("port", _name, "8080/tcp")).Split('\n')[0]}") };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health")).StatusCode);
        // The link leads to this machine, and the next one is made as it says.
        var logs = (await TestDocker.Try("logs", _name)).Output;
        Assert.Contains("http://localhost:8080/setup?token=", logs, StringComparison.Ordinal);
        Assert.Contains("docker compose exec gatehouse /gatehouse setup-link --data /data", logs, StringComparison.Ordinal);
        var token = await TestDocker.Run("exec", _name, "/gatehouse", "token", "create", "--name", "kept", "--role", "admin");
        // It writes to its volume alone, stops when it is asked to, and is the same afterwards.
        Assert.Equal("", await TestDocker.Run("diff", _name));
        await TestDocker.Run("stop", _name);
        Assert.Equal("0", await TestDocker.Run("inspect", "--format", "{{.State.ExitCode}}", _name));
        await TestDocker.Run("rm", _name);
        await Start();
        using var again = new HttpClient { BaseAddress = new($"http://{(await TestDocker.Run("port", _name, "8080/tcp")).Split('\n')[0]}"), DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        await Wait.Until(async () => (await TestDocker.Try("exec", _name, "/gatehouse", "healthcheck")).Code == 0, "it answers");
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/api/plans")).StatusCode);
    }

    private Task<string> Start() => TestDocker.Run("run", "--pull", "never", "--detach", "--name", _name, "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true",
        "--health-interval", "1s", "--publish", "127.0.0.1::8080/tcp", "--volume", _name + ":/data", "--env", "GATEHOUSE__Server__AllowPlainHttp=true", Image);

    [GeneratedRegex(@"^    (read_only|tmpfs|cap_drop|security_opt): .*$", RegexOptions.Multiline)]
    private static partial Regex Lines();
}
