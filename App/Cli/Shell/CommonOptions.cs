using System.CommandLine;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Cli.Shell;

/// <summary>What every command that needs the installation takes.</summary>
internal sealed class CommonOptions
{
    private const string DataVariable = "GATEHOUSE_DATA";

    private readonly Option<string> _data = new("--data", "-d")
    {
        Description = $"The data folder. Without it: {DataVariable}, else ./data.",
        HelpName = "folder",
    };

    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = $"The settings file. Without it: {Config.FileName} in the data folder, if there is one.",
        HelpName = "file",
    };

    /// <summary>Adds <c>--data</c> and <c>--config</c> to the command.</summary>
    public static CommonOptions AddTo(Command command)
    {
        var common = new CommonOptions();
        command.Add(common._data);
        command.Add(common._config);
        return common;
    }

    public string DataFolder(ParseResult parse) =>
        parse.GetValue(_data) ?? (Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } folder ? folder : "data");

    /// <summary>The configuration in force, with what the flags say on top.</summary>
    /// <exception cref="ConfigException"/>
    public Config Settings(ParseResult parse, params ConfigFlag[] flags) =>
        Config.Load(DataFolder(parse), parse.GetValue(_config), flags, Environment.GetEnvironmentVariables());
}
