using Gatehouse.Audit.Chain;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Support;

/// <summary>The services of the audit log over a database, as a process of its own has them.</summary>
public sealed class TestAudit(Database db, SecretBox box, DataFolder folder, TimeProvider clock)
{
    public Database Db => db;

    public SecretBox Box => box;

    public ChainSecrets Secrets { get; } = new(box, clock);

    public HeadFile File { get; } = new(folder, box, NullLogger<HeadFile>.Instance);

    /// <param name="at">The clock that entries are dated by; one that stands still when it is not given.</param>
    public AuditWriter Writer(TimeProvider? at = null) => new(Secrets, File, at ?? new FakeClock());

    public AuditHeads Heads => new(db, Secrets, File, Writer(), NullLogger<AuditHeads>.Instance);

    public Task<IReadOnlyList<string>> Verify() => new AuditVerifier(db, Secrets, File).Verify();
}
