using System.Text.Json;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace Gatehouse.Tests.Platform.Hosting;

/// <summary>What stands in the log, where, and what never does.</summary>
public sealed class LogsTests
{
    private static string Line(string template, params (string Name, object? Value)[] values)
    {
        var output = new StringWriter();
        new LogLine(withDate: false, colour: false).Format(new LogEvent(new DateTimeOffset(2026, 11, 20, 12, 3, 4, TimeSpan.Zero), LogEventLevel.Information, null,
            new MessageTemplateParser().Parse(template), values.Select(v => new LogEventProperty(v.Name, new ScalarValue(v.Value)))), output);
        return output.ToString().TrimEnd();
    }

    [Fact]
    public void A_line_is_time_level_and_message() =>
        Assert.Equal("12:03:04 INF Job keys ran 12 ms, 1.50 s", Line("Job {Name} ran {Ms} ms, {Seconds:0.00} s", ("Name", "keys"), ("Ms", 12L), ("Seconds", 1.5)));

    [Fact]
    public void What_came_from_outside_cannot_begin_a_line_or_colour_it() =>
        Assert.Equal(@"12:03:04 INF From mia\u000d\u000a12:00:00 INF all is well\u001b[0m\u2028", Line("From {Name}", ("Name", "mia\r\n12:00:00 INF all is well\e[0m\u2028")));

    private static async Task<(string General, string Security)> Log(Dictionary<string, string?> options, Action<ILoggerFactory> write)
    {
        using var folder = new TestFolder();
        options["Logging:Folder"] = folder.File("logs");
        var config = new ConfigurationBuilder().AddInMemoryCollection(options).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddLogs(config, Program.SecurityLogs, toStandardError: true));
        await using (var provider = services.BuildServiceProvider())
            write(provider.GetRequiredService<ILoggerFactory>());
        return (Read("logs/gatehouse.log"), Read("logs/security.log"));

        // A file is made by its first line.
        string Read(string name) => File.Exists(folder.File(name)) ? File.ReadAllText(folder.File(name)) : "";
    }

    [Fact]
    public async Task Security_events_have_a_file_of_their_own_whatever_the_level()
    {
        var (general, security) = await Log(new() { ["Logging:Level"] = "Error" }, logs =>
        {
            logs.CreateLogger<SecurityLog>().LogInformation("key guessed");
            logs.CreateLogger<SignIns>().LogInformation("signed in");
            logs.CreateLogger("Gatehouse").LogWarning("not so bad");
            logs.CreateLogger("Gatehouse").LogError("bad");
        });
        Assert.Contains("INF key guessed", security);
        Assert.Contains("INF signed in", security);
        Assert.DoesNotContain("bad", security);
        Assert.Contains("ERR bad", general);
        Assert.DoesNotContain("not so bad", general);
        Assert.DoesNotContain("signed in", general);
    }

    [Fact]
    public async Task Json_is_one_object_a_line()
    {
        var (general, _) = await Log(new() { ["Logging:Format"] = "json" }, logs => logs.CreateLogger("Gatehouse").LogInformation("hello {Name}\n", "mia"));
        using var json = JsonDocument.Parse(Assert.Single(general.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("mia", json.RootElement.GetProperty("Properties").GetProperty("Name").GetString());
    }

    [Fact]
    public async Task Weak_settings_are_loud()
    {
        var weak = new Dictionary<string, string?> { ["RateLimits:Enabled"] = "false", ["Server:AllowPlainHttp"] = "true" };
        var (general, _) = await Log(weak, logs => Logs.WarnOfWeakness(logs.CreateLogger("Gatehouse"), new ConfigurationBuilder().AddInMemoryCollection(weak).Build()));
        Assert.Contains("WRN RATE LIMITS ARE OFF", general);
        Assert.Contains("WRN PLAIN HTTP IS ALLOWED", general);
    }

    [Theory]
    [InlineData("Debug", true)]
    [InlineData("Information", false)]
    public async Task Requests_are_logged_at_debug_only_and_never_with_their_query(string level, bool logged)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File(Config.FileName), """{"Logging":{"Level":"LEVEL","Folder":"."}}""".Replace("LEVEL", level));
        await using (var server = await Serving.Start(folder.Path))
        using (var http = new HttpClient())
            await http.GetAsync(server.Address + "/setup?token=do-not-log-me");
        var log = File.Exists(folder.File("gatehouse.log")) ? File.ReadAllText(folder.File("gatehouse.log")) : "";
        Assert.Equal(logged, log.Contains("DBG GET /setup "));
        Assert.DoesNotContain("do-not-log-me", log);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_told_at_start()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("file"), "");
        var config = new ConfigurationBuilder().AddInMemoryCollection([new("Logging:Folder", folder.File("file/logs"))]).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddLogs(config, Program.SecurityLogs, toStandardError: true));
        using var provider = services.BuildServiceProvider();
        Assert.Throws<ConfigException>(() => provider.GetRequiredService<ILoggerFactory>().CreateLogger("x"));
    }
}
