using System.CommandLine;
using System.IO.Pipelines;
using System.Text;
using Gatehouse.Licensing;
using Gatehouse.Platform.Web;

namespace Gatehouse.Cli;

/// <summary><c>keys export</c>: the same lines as the download.</summary>
internal static class KeysExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Verb("export", "Prints keys as txt, csv or jsonl.",
            "gatehouse keys export --status unused --prefix VIP > unused.txt",
            "gatehouse keys export --format csv > keys.csv");
        var common = CommonOptions.AddTo(command);
        var format = new Option<string?>("--format") { Description = "txt, csv or jsonl.", HelpName = "format" };
        var status = Filter("--status", "unused, active, expired, suspended or revoked.", "status");
        var prefix = Filter("--prefix", "Keys that begin with it.", "prefix");
        var plan = Filter("--plan", "Keys of the plan, by id.", "plan");
        var batch = Filter("--batch", "Keys of the batch, by id.", "batch");
        foreach (var option in new Option[] { format, status, prefix, plan, batch })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            var filter = new LicenseFilter(parse.GetValue(status), parse.GetValue(prefix)?.ToUpperInvariant(), parse.GetValue(plan), parse.GetValue(batch)).Checked();
            var kind = KeyExport.Checked(parse.GetValue(format));
            await using var place = await Workplace.Open(parse, common);
            await using var stream = new TextStream(terminal.Out);
            var writer = PipeWriter.Create(stream);
            await place.Service<KeyExport>().Write(writer, Caller.DefaultTenant, filter, kind, ct);
            await writer.CompleteAsync();
            return ExitCode.Ok;
        });
        return command;
    }

    private static Option<string?> Filter(string name, string description, string help) => new(name) { Description = description, HelpName = help };

    /// <summary>Hands UTF-8 to a text writer.</summary>
    private sealed class TextStream(TextWriter output) : Stream
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            var chars = new char[_decoder.GetCharCount(bytes, flush: false)];
            output.Write(chars, 0, _decoder.GetChars(bytes, chars, flush: false));
        }

        public override void Flush() => output.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
