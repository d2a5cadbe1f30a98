namespace Gatehouse.Platform.Storage;

/// <summary>A failure of the storage engine that is no fault of the caller. Answered with 503 and Retry-After.</summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The engine cannot be reached, or did not answer in time.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>The disk has no room: nothing of the write was kept.</summary>
public sealed class StorageFullException(Exception? inner = null) : StorageException("The disk that holds the database is full.", inner);

/// <summary>A rebuilt table lacks rows, or a column, that other rows refer to: nothing of the rebuild was kept.</summary>
internal sealed class BrokenReferencesException(IReadOnlyList<string> broken) : Exception(string.Join("; ", broken));

/// <summary>The database is damaged, newer than this program, or not a database. The message says what to do.</summary>
public sealed class StorageCorruptException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>The write would make a second row of what there may be one of: somebody else made it first. Answered with 409.</summary>
public sealed class ConflictException(Exception? inner = null) : Exception("A row like it is there already.", inner);

/// <summary>
/// A write was begun inside another: it would wait for the one it is part of, for ever. Hand the transaction down instead, or
/// use <see cref="WriteTx.AfterCommit(Action)"/>.
/// </summary>
public sealed class NestedWriteException() : InvalidOperationException(
    "A write was begun inside another write. Pass the transaction on, or leave it to AfterCommit.");
