using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace MedISeg.Training.Weights;

/// <summary>
/// Reads a Python pickle as data. It runs no code: of all callables only those that rebuild PyTorch's tensors and ordered dictionaries are
/// understood, by name; whatever else a pickle calls becomes a <see cref="PickleOpaque"/>.
/// </summary>
/// <remarks>Dictionaries are <c>Dictionary&lt;object, object?&gt;</c>, lists, sets and tuples <c>List&lt;object?&gt;</c>, whole numbers long or
/// BigInteger. Source of the opcodes: Python's pickletools, protocols 0 to 5.</remarks>
internal sealed class Unpickler(ReadOnlyMemory<byte> data)
{
    private static readonly object Mark = new();

    /// <summary>Opcodes, and pairs that are copied, of one pickle. A checkpoint of a thousand tensors takes a hundred thousand.</summary>
    private const int MostSteps = 4 << 20;

    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at, _steps;

    /// <summary>Bytes read so far.</summary>
    public int Position => _at;

    /// <summary>Reads one object, up to its STOP.</summary>
    /// <exception cref="InvalidDataException">The bytes are no pickle, or damaged.</exception>
    public object? Read()
    {
        _stack.Clear();
        _memo.Clear();
        _steps = 0;
        while (true)
        {
            Spend(1);
            byte code = Byte();
            if (code == (byte)'.') return Pop();
            Step(code);
        }
    }

    private void Step(byte code)
    {
        switch (code)
        {
            case 0x80: Byte(); break; // PROTO
            case 0x95: Skip(8); break; // FRAME
            case (byte)'(': Push(Mark); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopMark(); break;
            case (byte)'2': Push(Peek()); break;
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'I': Push(ParseInt(Line())); break;
            case (byte)'L': Push(ParseInt(Line().TrimEnd('L'))); break;
            case (byte)'F': Push(ParseFloat(Line())); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': Push((long)Byte()); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8a: PushLong(Byte()); break;
            case 0x8b: PushLong(Length4()); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'S': Push(Line().Trim('\'', '"')); break;
            case (byte)'V': Push(Line()); break;
            case (byte)'U' or 0x8c: Push(Text(Byte())); break;
            case (byte)'T' or (byte)'X': Push(Text(Length4())); break;
            case 0x8d: Push(Text(Length8())); break;
            case (byte)'C': Push(Take(Byte()).ToArray()); break;
            case (byte)'B': Push(Take(Length4()).ToArray()); break;
            case 0x8e or 0x96: Push(Take(Length8()).ToArray()); break;
            case (byte)']' or (byte)')' or 0x8f: Push(new List<object?>()); break;
            case (byte)'l' or (byte)'t' or 0x91: Push(PopMark()); break;
            case 0x85: Push(PopMany(1)); break;
            case 0x86: Push(PopMany(2)); break;
            case 0x87: Push(PopMany(3)); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e' or 0x90: Append(PopMark()); break;
            case (byte)'}': Push(new Dictionary<object, object?>()); break;
            case (byte)'d': Push(new Dictionary<object, object?>()); Swap(); break;
            case (byte)'s': SetItems(PopMany(2)); break;
            case (byte)'u': SetItems(PopMark()); break;
            case (byte)'p': _memo[Index(Line())] = Peek(); break;
            case (byte)'q': _memo[Byte()] = Peek(); break;
            case (byte)'r': _memo[Length4()] = Peek(); break;
            case 0x94: _memo[_memo.Count] = Peek(); break;
            case (byte)'g': Push(Recall(Index(Line()))); break;
            case (byte)'h': Push(Recall(Byte())); break;
            case (byte)'j': Push(Recall(Length4())); break;
            case (byte)'c': Push(new PickleName(Line(), Line())); break;
            case 0x93: List<object?> name = PopMany(2); Push(new PickleName(name[0] as string ?? "", name[1] as string ?? "")); break;
            case (byte)'R' or 0x81: List<object?> call = PopMany(2); Push(Call(call[0], call[1] as List<object?> ?? throw Damaged())); break;
            case 0x92: List<object?> full = PopMany(3); Push(new PickleOpaque(full[0])); break;
            case (byte)'i': PickleName cls = new(Line(), Line()); PopMark(); Push(new PickleOpaque(cls)); break;
            case (byte)'o': List<object?> old = PopMark(); Push(new PickleOpaque(old.Count > 0 ? old[0] : null)); break;
            case (byte)'b': Pop(); Peek(); break; // BUILD: attributes of an object; none of ours has any.
            case (byte)'Q': Push(PickleCalls.Persistent(Pop())); break;
            case (byte)'P': Push(new PickleOpaque(Line())); break;
            case 0x82: Byte(); Push(new PickleOpaque(null)); break;
            case 0x83: Skip(2); Push(new PickleOpaque(null)); break;
            case 0x84: Skip(4); Push(new PickleOpaque(null)); break;
            case 0x97: Push(new PickleOpaque(null)); break;
            case 0x98: break;
            default: throw Damaged();
        }
    }

    private static InvalidDataException Damaged() => new("The pickle is damaged.");

    private byte Byte() => _at < data.Length ? data.Span[_at++] : throw Damaged();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - _at) throw Damaged();
        _at += count;
        return data.Span.Slice(_at - count, count);
    }

    private void Skip(int count) => Take(count);

    private int Length4()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        return length <= int.MaxValue ? (int)length : throw Damaged();
    }

    private int Length8()
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        return length <= int.MaxValue ? (int)length : throw Damaged();
    }

    private string Text(int count) => Encoding.UTF8.GetString(Take(count));

    private string Line()
    {
        int end = data.Span[_at..].IndexOf((byte)'\n');
        if (end < 0) throw Damaged();
        string line = Encoding.UTF8.GetString(Take(end));
        _at++;
        return line;
    }

    private void PushLong(int count)
    {
        BigInteger value = new(Take(count));
        if (value >= long.MinValue && value <= long.MaxValue) Push((long)value);
        else Push(value);
    }

    private static object ParseInt(string line) => line switch
    {
        "00" => false,
        "01" => true,
        _ => long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : throw Damaged(),
    };

    private static double ParseFloat(string line) =>
        double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Damaged();

    private static long Index(string line) => ParseInt(line) is long index ? index : throw Damaged();

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 && !ReferenceEquals(_stack[^1], Mark) ? _stack[^1] : throw Damaged();

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private List<object?> PopMany(int count)
    {
        List<object?> values = [];
        for (int n = 0; n < count; n++) values.Add(Pop());
        values.Reverse();
        return values;
    }

    private List<object?> PopMark()
    {
        int mark = _stack.FindLastIndex(value => ReferenceEquals(value, Mark));
        if (mark < 0) throw Damaged();
        List<object?> values = _stack[(mark + 1)..];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private object? Recall(long index) => _memo.TryGetValue(index, out object? value) ? value : throw Damaged();

    private object Call(object? callable, List<object?> arguments)
    {
        // A list that is called with again and again would be copied as often.
        if (arguments is [List<object?> copied, ..]) Spend(copied.Count);
        return PickleCalls.Make(callable, arguments);
    }

    private void Spend(int steps)
    {
        if (steps > MostSteps - _steps) throw Damaged();
        _steps += steps;
    }

    /// <summary>A DICT lies above its pairs.</summary>
    private void Swap()
    {
        object? made = Pop();
        List<object?> pairs = PopMark();
        Push(made);
        SetItems(pairs);
    }

    private void Append(List<object?> values)
    {
        if (Peek() is List<object?> list) list.AddRange(values);
        else if (Peek() is not PickleOpaque) throw Damaged();
    }

    private void SetItems(List<object?> pairs)
    {
        if (pairs.Count % 2 != 0) throw Damaged();
        if (Peek() is PickleOpaque) return;
        if (Peek() is not Dictionary<object, object?> dictionary) throw Damaged();
        for (int n = 0; n < pairs.Count; n += 2) dictionary[PickleCalls.Key(pairs[n])] = pairs[n + 1];
    }
}
