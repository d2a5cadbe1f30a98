namespace Gatehouse.Cli.Shell;

/// <summary>What the process tells its caller; <c>--help</c> lists them.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int StorageUnreachable = 3;
    public const int StorageCorrupt = 4;
    public const int DataFolder = 5;
    public const int Address = 6;

    public static readonly IReadOnlyList<(int Code, string Meaning)> All =
    [
        (Ok, "done"),
        (Failed, "it failed, or a check found something; standard error says what"),
        (Usage, "the command line or the configuration is wrong"),
        (StorageUnreachable, "the database cannot be reached, or its disk is full"),
        (StorageCorrupt, "the database is damaged, or its schema is another version's"),
        (DataFolder, "the data folder is missing, not writable, too open, or already served from, or its key file is not the database's"),
        (Address, "an address cannot be listened on, such as a port in use"),
    ];
}

/// <summary>Ends the command with one sentence for standard error and an <see cref="ExitCode"/>.</summary>
public sealed class CommandException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
